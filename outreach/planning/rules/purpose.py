"""What a campaign is for, and whom it may therefore reach (S12, S13)."""

from __future__ import annotations

CAMPAIGN, INVITATION = "campaign", "invitation"
PURPOSES = (CAMPAIGN, INVITATION)


def admits(purpose: str, consent: str, *, begun: bool) -> bool:
    """Whether somebody who stands at `consent` may be sent to: an invitation to who is only listed,
    once; anything else to who consented. `begun` says that this very delivery invited them, and
    that the gateway did not take it."""
    if purpose == INVITATION:
        return consent == "listed" or (begun and consent == "invited")
    return consent == "consented"
