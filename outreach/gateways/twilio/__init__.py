"""Twilio's REST API and webhooks, and those of providers that speak the same (Somleng)."""

from outreach.gateways.twilio.config import TwilioConfig
from outreach.gateways.twilio.gateway import TwilioGateway

__all__ = ["TwilioConfig", "TwilioGateway"]
