"""Conversations: what a person wrote and what they got, who looks after it, and until when.

One per person and in the sealed help store (S19): found by its own fingerprint of the number, never
by a contact. What was said is not stored here but found by the same fingerprint.
"""
