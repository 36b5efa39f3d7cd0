"""The rehearsal network: a Twilio-compatible provider, operators and handsets on this machine."""
