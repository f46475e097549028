"""The reference of the API: the OpenAPI document, pages for people, and a check for breaking changes.

It says what the doors do and does nothing itself. Nothing here is imported before somebody asks for the document, but
for the routes that hand it out.
"""
