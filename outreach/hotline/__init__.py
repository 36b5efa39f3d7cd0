"""Answers whoever writes or calls: safely, in their language, with a person if they want one.

All of it lies in the sealed help store (S19): own tables, own keys, no contact id.
"""
