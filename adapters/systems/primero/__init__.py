"""Primero v2 (UNICEF): cases, services and referrals over its REST interface, as version 2.15 speaks it."""
