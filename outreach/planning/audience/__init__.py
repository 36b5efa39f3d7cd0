"""Who hears a campaign: the rule as one SQL statement, for planning and for counting ahead."""
