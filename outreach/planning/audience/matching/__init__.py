"""Which contacts an audience's rule means: one condition of SQL, whatever the rule."""
