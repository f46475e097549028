"""The OAuth door: who an agency's system is. Profile GX-M2M 1: client credentials, private_key_jwt, DPoP.

Never touches the database: reads and single-use inserts go through `ports`.
"""
