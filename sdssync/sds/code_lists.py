"""
The lists of values on the SDS pages, in their spelling.

Read from "Default list of values" and "SDS V2.1 CSV file format" and, for V2, from Microsoft's sample set.
"""

# fmt: off
ORG_TYPES = (
    "school", "department", "district", "local", "state", "national", "departmentOfEducation", "ministryOfEducation",
    "university", "college", "campus", "adultEducation", "municipality", "academicTrust", "localAuthority", "region",
    "division", "province", "researchCenter", "program",
)
ORG_ROLES = (
    "principal", "chair", "professor", "researcher", "adjunct", "affiliate", "occupationalTherapist",
    "physicalTherapist", "speechTherapist", "visionTherapist", "paraprofessional", "specialServices", "advisor",
    "proctor", "nurse", "officeStaff", "lecturer", "itAdmin", "administrator", "teacher", "faculty", "staff",
    "teacherAssistant", "assistant", "instructor", "substitute", "coach", "alumni", "student", "other",
)
CLASS_ROLES = (
    "student", "visionTherapist", "substitute", "paraprofessional", "principal", "proctor", "teacherAssistant",
    "specialServices", "teacher", "professor", "advisor", "administrator", "lecturer", "coach", "occupationalTherapist",
    "affiliate", "assistant", "physicalTherapist", "adjunct", "staff", "speechTherapist", "instructor", "alumni",
    "chair", "itAdmin", "officeStaff",
)
V2_USER_ROLES = (
    "student", "teacher", "staff", "faculty", "aide", "professor", "lecturer", "proctor", "administrator", "itAdmin",
    "officeStaff", "nurse", "occupationalTherapist", "physicalTherapist", "speechTherapist", "visionTherapist",
    "paraprofessional", "teacherAssistant", "researcher", "affiliate", "adjunct", "alumni", "instructor", "chair",
    "advisor", "substitute", "principal", "specialServices",
)
V2_CLASS_ROLES = (
    "student", "teacher", "staff", "faculty", "aide", "professor", "lecturer", "proctor", "nurse",
    "occupationalTherapist", "physicalTherapist", "speechTherapist", "visionTherapist", "paraprofessional",
    "teacherAssistant", "researcher", "affiliate", "adjunct", "instructor", "advisor", "substitute", "principal",
    "specialServices",
)
GRADES = (
    "IT", "PR", "PK", "TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14",
    "PS", "UG", "Other", "PS1", "PS2", "PS3", "PS4", "undergraduate", "graduate", "postgraduate", "alumni",
    "adultEducation",
)
RACES = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
    "demographicRaceTwoOrMoreRaces",
)
# Class roles by the place that Microsoft Graph's example of a provisioning flow gives them; the lists overlap.
OWNER_ROLES = frozenset(map(str.lower, (
    "teacher", "proctor", "teacherAssistant", "paraprofessional", "physicalTherapist", "speechTherapist",
    "visionTherapist", "occupationalTherapist", "staff",
)))
MEMBER_ROLES = frozenset(map(str.lower, (
    "student", "substitute", "aide", "proctor", "teacherAssistant", "paraprofessional", "physicalTherapist",
    "speechTherapist", "visionTherapist", "occupationalTherapist", "staff",
)))
# fmt: on
