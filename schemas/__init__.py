"""What a referral, a consent, a receipt and a ledger leaf are. Knows nobody; importing it loads nothing."""
