"""The names of the form's elements. Version 3.1 writes them without a namespace or with it, 4.1 and 4.2.8 with it."""

from typing import Final

from adapters.sdk.xml.vocabulary import XSI, Vocabulary

ROOT: Final = "UNHCR_RRF"

NOTHING: Final = frozenset({"", "-"})
"""`-` stands in every list of the form for what is not said."""

_NAMESPACE = "http://tempuri.org/ElectronicRRF.xsd"
_NAMES = frozenset(
    name
    for line in (
        "UNHCR_RRF RRFBATCHTYPE GroupIndividualIndicator CASE",
        "dataIndividual IndividualGUID IndividualID ConcatenatedName FamilyName SecondFamilyName GivenName MiddleName",
        "MaidenName RegistrationDate DateofBirth DateofBirthEstimate BirthCountryCode BirthCityTownVillage",
        "OriginCountryCode AsylumCountryCode ArrivalDate SexCode NationalityCode MarriageStatusCode ReligionCode",
        "EthnicityCode EducationLevelCode MotherName FatherName RelationshipToPrincipalRepresentative Photo",
        "dataIndividualProcessGroup IndividualProcessingGroupGUID ProcessingGroupGUID",
        "dataProcessGroup ProcessingGroupNumber ProcessingGroupSize",
        "dataProcessGroupCrossReference ProcessingGroupCrossReferenceGUID ProcessingGroupGUIDFrom",
        "ProcessingGroupNumberFrom ProcessingGroupGUIDTo ProcessingGroupNumberTo",
        "dataAddress AddressGUID AddressType AddressCountry AddressPostal LocationLevel1Description",
        "LocationLevel2Description LocationLevel3Description LocationLevel4Description LocationLevel5Description",
        "LocationLevel6",
        "dataAlias AliasGUID IndividualAliasLastName IndividualAliasFirstName",
        "dataContact ContactDetailsGUID PhoneNumber PhoneNumberCountry PhoneType Email StillInUse StartDate EndDate",
        "dataDocument",
        "dataEducation EducationGUID DegreeTypeCode",
        "dataEmployment EmploymentGUID EmploymentTypeCode OccupationCode OccupationText NoOccupationCategory",
        "dataIndividualRelatives IndividualRelativesGUID RelationshipCode DateofBirthEstimateFlag",
        "ResidenceCountryCode Deceased DeceasedDate LegalStatus",
        "dataLanguage LanguageGUID LanguageCode LanguageReadCode LanguageWriteCode LanguageSpeakCode",
        "LanguageUnderstandCode",
        "dataPhotograph PhotoGUID PhotoTypeCode",
        "dataResettlement ResettlementCriteriaCode ResettlementCriteriaCode2 ResettlementCriteria2Code",
        "ResettlementPriorityCode",
        "dataVulnerability VulnerabilityGUID VulnerabilityCode",
    )
    for name in line.split()
)

VOCABULARY: Final = Vocabulary(
    names={name: name for name in _NAMES} | {f"{{{_NAMESPACE}}}{name}": name for name in _NAMES},
    identifier="",
    references=frozenset(),
    structural=(f"{{{XSI}}}",),
)
"""The form has no ids of XML's own: its parts name a person by her IndividualID (3.1) or IndividualGUID (from 4.1)."""
