"""The gateway's NIEM 6.0 message: a referral of a victim of human trafficking, in XML and in JSON."""
