"""The people who work with Outreach: accounts, roles, sign-in; what they may do is in one place."""
