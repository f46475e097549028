"""The casework submission of the United Kingdom's "Report modern slavery" service: NRM referral and Duty to Notify."""
