"""What kind of paper a file is, which is all a document says of it beside its sealed length and digest (M-09).

Standard library only, like `schemas.vocabulary`, whose rules hold here too: a value is never renamed.
"""

from schemas.vocabulary import Coded


class AttachmentKind(Coded):
    """Few kinds, so that profiles can name those a purpose needs; there is none for photographs, and no `other`."""

    LEGAL_PAPER = "legal_paper", "A paper of a court, an authority or a lawyer."
    MEDICAL_RECORD = "medical_record", "A finding, a letter or a prescription of somebody who treats her."
    IDENTITY_PAPER = "identity_paper", "A passport, an identity card, a certificate of birth."
