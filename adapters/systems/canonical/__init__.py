"""The gateway's own format: referral/1.0 as JSON, for agencies whose system has no format of its own."""
