"""The question before the referral: has somebody room for her?"""
