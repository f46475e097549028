"""Whether data may move, and the proof that it moved as decided.

Standard library only, also indirectly: an auditor needs nothing but Python. Importing this package loads nothing.
"""
