"""The ground everything stands on: clock, ids, errors, logs, i18n and sealing; no SQL, no rule."""
