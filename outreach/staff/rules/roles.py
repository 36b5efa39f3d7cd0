"""Decides what each role may do (S22): the one table that every page and command asks."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for; a person may have several."""

    HOTLINE_WORKER = "hotline_worker"
    HOTLINE_SUPERVISOR = "hotline_supervisor"
    CAMPAIGN_MANAGER = "campaign_manager"
    APPROVER = "approver"
    COORDINATOR = "coordinator"  # of one province
    DONOR = "donor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class May(StrEnum):
    """One thing that can be allowed."""

    SEE_CAMPAIGNS = "see_campaigns"
    RUN_CAMPAIGNS = "run_campaigns"
    APPROVE = "approve"
    SEE_REACH = "see_reach"
    ANSWER_HELP = "answer_help"
    LEAD_HELP = "lead_help"
    SEE_REFERRALS = "see_referrals"
    SEE_AUDIT = "see_audit"
    ADMINISTER = "administer"


_MAY: dict[Role, frozenset[May]] = {
    Role.HOTLINE_WORKER: frozenset({May.ANSWER_HELP}),
    Role.HOTLINE_SUPERVISOR: frozenset({May.ANSWER_HELP, May.LEAD_HELP}),
    Role.CAMPAIGN_MANAGER: frozenset({May.SEE_CAMPAIGNS, May.RUN_CAMPAIGNS, May.SEE_REACH}),
    Role.APPROVER: frozenset({May.SEE_CAMPAIGNS, May.APPROVE}),
    # The calendar and suppressed counts of their province, and what a person addressed to them;
    # never numbers or conversations.
    Role.COORDINATOR: frozenset({May.SEE_CAMPAIGNS, May.SEE_REACH, May.SEE_REFERRALS}),
    Role.DONOR: frozenset({May.SEE_REACH}),
    Role.AUDITOR: frozenset({May.SEE_CAMPAIGNS, May.SEE_REACH, May.SEE_AUDIT}),
    # Looks after accounts; reads nobody's conversations.
    Role.ADMINISTRATOR: frozenset({May.SEE_CAMPAIGNS, May.ADMINISTER}),
}
HELP = frozenset({May.ANSWER_HELP, May.LEAD_HELP})


def allowed(roles: Iterable[Role]) -> frozenset[May]:
    """All that somebody with `roles` may do."""
    return frozenset().union(*(_MAY[role] for role in roles))


def needs_second_factor(roles: Iterable[Role]) -> bool:
    """Whether a password alone is too little: for all but donors."""
    return any(role is not Role.DONOR for role in roles)
