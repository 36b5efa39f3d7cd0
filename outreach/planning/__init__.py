"""Who hears what when: campaigns, schedules, broadcasts, windows, caps and cost."""
