"""Khmer text: the match key, keyword matching, SMS parts, deny-list, language fallback. Pure."""
