"""Forgetting: erasing a person, what keeps her, how long anything is kept, what a backup may not bring back."""
