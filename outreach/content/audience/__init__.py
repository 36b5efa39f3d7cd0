"""Who is to hear a campaign, as people write it: the rule, its words, its checks. Pure."""
