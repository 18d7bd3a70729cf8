"""
The tables and keys of `sdssync.toml` and of the files of `profiles.d`, with their defaults, as pydantic models.

The models are used at the border only: `settings_file` and `profile_file` turn them into the values that the program
works with. What one key says about another is checked there too.
"""

from typing import Any

from pydantic import Field, TypeAdapter

from sdssync.config.class_schema import ClassesSection, GroupsSection
from sdssync.config.fields import (
    ClientId,
    Codes,
    Count,
    Day,
    Days,
    ExactHosts,
    FilePath,
    Format,
    GraphUrl,
    HookUrl,
    Host,
    LimitValue,
    LoginUrl,
    MailAddress,
    MailAddresses,
    Name,
    OrgType,
    Parts,
    Pattern,
    Port,
    Retry,
    Seconds,
    Security,
    Size,
    SomeDays,
    Subjects,
    Suffix,
    Tenant,
    Text,
    Texts,
    Url,
    Variable,
    Years,
)
from sdssync.config.safety import Tolerated
from sdssync.config.section import UNIQUE, Section
from sdssync.config.upload import GRAPH_URL, LOGIN_URL


class SchoolSection(Section):
    """The school as SDS is to know it."""

    id: Text = Field(description="The sourcedId of the school in SDS.")
    name: Text = Field(description="The name of the school in SDS.")
    type: OrgType = Field(default="school", description="The type of the organisation in SDS.")
    include_names: bool = Field(default=False, description="Write forename and surname, because SDS creates the users.")


class IsamsSection(Section):
    """Where the data come from: a url and a key or a client, or a recorded file."""

    url: Url | None = Field(default=None, description="The address of iSAMS; https, or http to a loopback address.")
    api_key_file: FilePath | None = Field(
        default=None, description="A file that contains the API key and nothing else."
    )
    api_key_env: Variable | None = Field(default=None, description="An environment variable that contains the API key.")
    client_id: Text | None = Field(default=None, description="The id of an OAuth 2 client, instead of an API key.")
    client_secret_file: FilePath | None = Field(default=None, description="A file that contains its secret alone.")
    client_secret_env: Variable | None = Field(default=None, description="An environment variable with its secret.")
    file: FilePath | None = Field(default=None, description="A recorded document, read instead of calling iSAMS.")
    timeout: Seconds = Field(default=120, description="Seconds without an answer.")
    retry_for: Retry = Field(default=300, description="Seconds in which a further attempt may start.")
    max_seconds: Seconds = Field(default=1800, description="Seconds for the download, all attempts together.")
    max_bytes: Size = Field(default=1024**3, description='The largest document: bytes, or a text like "1 GiB".')
    ca_file: FilePath | None = Field(default=None, description="Certificates to trust (PEM) instead of the system's.")


class PathsSection(Section):
    """Folders, relative to the folder of sdssync.toml."""

    profiles: FilePath = Field(default="profiles.d", description="The folder of the profile files.")
    state: FilePath = Field(default="state", description="The folder in which sdssync keeps its own files.")


class ToleratedSection(Section):
    """So few never trip a gate that names them."""

    users: Count = Field(default=Tolerated().users, description="Users.")
    classes: Count = Field(default=Tolerated().classes, description="Classes.")
    enrollments: Count = Field(default=Tolerated().enrollments, description="Enrollments.")


class FreezeSection(Section):
    """Days on which nothing is removed without approval."""

    first: Day = Field(alias="from", description="The first day.")
    last: Day = Field(alias="to", description="The last day.")


def _share(percentage: str, description: str) -> Any:
    """Return a limit with its default as it would be written."""
    text = f'{description}: a share of the set before, like "5%", or a count.'
    return Field(default=percentage, validate_default=True, description=text)


class SafetySection(Section):
    """How much may change from one published set to the next without approval."""

    max_removed_users: LimitValue = _share("5%", "Users that are removed")
    max_removed_classes: LimitValue = _share("5%", "Classes that are removed")
    max_removed_enrollments: LimitValue = _share("10%", "Enrollments that are removed")
    max_removed_of_year: LimitValue = _share("20%", "Pupils of one year group that are removed")
    max_removed_of_class: LimitValue = _share("50%", "Members that a class of five or more loses")
    max_ownerless_classes: LimitValue = _share("25%", "Classes that had a teacher and have none now")
    max_changed_usernames: LimitValue = _share("10%", "Users with another username")
    max_changed_titles: LimitValue = _share("20%", "Classes with another title")
    max_added: LimitValue = _share("25%", "Users, classes or enrollments that are added")
    tolerated: ToleratedSection = ToleratedSection()
    window: SomeDays = Field(default=30, description="Days over which slow losses are added up.")
    keep_address: Days = Field(
        default=7, description="Days for which someone without an e-mail address keeps the last username; 0: never."
    )
    freeze: list[FreezeSection] | None = Field(
        default=None, min_length=1, description="Days on which anything that is removed needs approval."
    )


class RetentionSection(Section):
    """How long the state folder keeps what it holds."""

    source_document: Days = Field(default=7, description="Days that the downloaded document is kept.")
    generations: SomeDays = Field(default=30, description="Days that a published set is kept after the next one.")


class MailSection(Section):
    """A mail server, and who gets mail."""

    to: MailAddresses = Field(description="The addresses that get the mail.")
    sender: MailAddress = Field(alias="from", description="The address from which it comes.")
    host: Host = Field(description="The name of the mail server.")
    port: Port = Field(default=587, description="The port of the mail server.")
    security: Security = Field(default="starttls", description="How the connection is encrypted; none: loopback only.")
    user: Text | None = Field(default=None, description="The user of the mail server; default: no login.")
    password_file: FilePath | None = Field(default=None, description="A file that contains the password alone.")
    password_env: Variable | None = Field(default=None, description="An environment variable with the password.")


class NotifySection(Section):
    """Who gets to know when a run fails, and when one succeeds again."""

    command: Texts | None = Field(default=None, description="A program with its arguments; the status is its input.")
    webhook: HookUrl | None = Field(default=None, description="The address to which the status is posted, as JSON.")
    webhook_file: FilePath | None = Field(default=None, description="A file that contains this address alone.")
    event_log: bool = Field(default=False, description="Write into the event log of Windows.")
    heartbeat: HookUrl | None = Field(default=None, description="The address that each run without a fault calls.")
    heartbeat_file: FilePath | None = Field(default=None, description="A file that contains this address alone.")
    mail: MailSection | None = Field(default=None, description="Send mail.")


class UploadSection(Section):
    """How to log in to Microsoft, which takes the sets for SDS."""

    tenant: Tenant = Field(description="The id of the tenant, or one of its domains.")
    client_id: ClientId = Field(description="The application (client) id of the app registration.")
    certificate_file: FilePath | None = Field(default=None, description="Certificate and private key: PEM or PFX.")
    certificate_password_env: Variable | None = Field(default=None, description="A variable with the key's password.")
    secret_file: FilePath | None = Field(default=None, description="A file that contains the client secret alone.")
    secret_env: Variable | None = Field(default=None, description="An environment variable with the client secret.")
    login_url: LoginUrl = Field(default=LOGIN_URL, description="Where the token comes from; else a loopback address.")
    graph_url: GraphUrl = Field(default=GRAPH_URL, description="Microsoft Graph; else a loopback address.")
    trusted_hosts: ExactHosts | None = Field(default=None, description="Further servers that may get the token.")
    ca_file: FilePath | None = Field(default=None, description="Certificates to trust (PEM) instead of the system's.")


def _stricter(key: str) -> Any:
    """Return a limit that a profile may have, described as in `sdssync.toml`."""
    return Field(default=None, description=SafetySection.model_fields[key].description)


class ProfileSafetySection(Section):
    """Limits that are stricter than those of sdssync.toml."""

    max_removed_users: LimitValue | None = _stricter("max_removed_users")
    max_removed_classes: LimitValue | None = _stricter("max_removed_classes")
    max_removed_enrollments: LimitValue | None = _stricter("max_removed_enrollments")
    max_removed_of_year: LimitValue | None = _stricter("max_removed_of_year")
    max_removed_of_class: LimitValue | None = _stricter("max_removed_of_class")
    max_ownerless_classes: LimitValue | None = _stricter("max_ownerless_classes")
    max_changed_usernames: LimitValue | None = _stricter("max_changed_usernames")
    max_changed_titles: LimitValue | None = _stricter("max_changed_titles")
    max_added: LimitValue | None = _stricter("max_added")
    window: SomeDays | None = Field(default=None, description="Days, not fewer than in sdssync.toml.")
    freeze: list[FreezeSection] | None = Field(default=None, min_length=1, description="Further days.")


class SettingsModel(Section):
    """The installation: sdssync.toml."""

    school: SchoolSection
    isams: IsamsSection
    paths: PathsSection = PathsSection()
    safety: SafetySection = Field(default_factory=SafetySection)
    retention: RetentionSection = RetentionSection()
    notify: NotifySection = NotifySection()
    upload: UploadSection | None = None


class SubjectsSection(Section):
    """Which subjects; both may be given."""

    exclude: Subjects | None = Field(
        default=None, json_schema_extra=UNIQUE, description="Ids of subjects that are left out."
    )
    include: Subjects | None = Field(
        default=None, json_schema_extra=UNIQUE, description="Ids of the only subjects that are taken."
    )


class TeachersSection(Section):
    """Teachers in addition to those whom iSAMS names."""

    extra: Texts | None = Field(
        default=None, description="Addresses of teachers of every class; * and ? are wildcards."
    )


class ValidateSection(Section):
    """Which rules judge the sets of this profile, by codes or beginnings of codes."""

    select: Codes | None = Field(
        default=None, json_schema_extra=UNIQUE, description="The only rules by which `validate` judges."
    )
    ignore: Codes | None = Field(default=None, json_schema_extra=UNIQUE, description="Rules that do not count.")


class OrgSection(Section):
    """An organisation below the school; without it everything belongs to the school."""

    id: Text = Field(description="The sourcedId of the organisation in SDS.")
    name: Text = Field(description="The name of the organisation in SDS.")
    type: OrgType = Field(default="school", description="The type of the organisation in SDS.")


class ProfileUploadSection(Section):
    """Hand the set over to SDS as soon as it is published."""

    connector: Text = Field(description="The id or the name of the connector in SDS.")
    start_run: bool = Field(default=False, description="Let SDS take the set in as soon as it is validated.")
    validate_only: bool = Field(
        default=False, description="SDS validates the files, and the set does not count as handed over."
    )


class ProfileModel(Section):
    """One SDS profile: a file of profiles.d."""

    name: Name | None = Field(default=None, description="The name of the profile; default: that of the file.")
    format: Format = Field(default="v2", description="v2.1: what SDS takes today; v2: the four files of iSAMS-SDS.ps1.")
    year_groups: Years = Field(
        default=list(range(14)), json_schema_extra=UNIQUE, description="Years from -5 to 20; default: 0 to 13."
    )
    suffix: Suffix = Field(default="", description="Follows the code of the set in the title of a class.")
    output: FilePath | None = Field(
        default=None,
        description="The folder of the CSV files; sdssync owns it. A part may lack it.",
    )
    expires: Day | None = Field(default=None, description="The last day on which the profile runs.")
    title: Pattern = Field(default="{set_code}{suffix}", description="The title of a class.")
    class_id: Pattern = Field(default="{set_id}", description="The sourcedId of a class.")
    parity: bool = Field(default=False, description="Row for row what iSAMS-SDS.ps1 1.0.5 writes.")
    org: OrgSection | None = Field(default=None, description="The organisation of its people and classes.")
    subjects: SubjectsSection = SubjectsSection()
    teachers: TeachersSection = TeachersSection()
    classes: ClassesSection = ClassesSection()
    groups: GroupsSection | None = None
    validation: ValidateSection = Field(default=ValidateSection(), alias="validate")
    safety: ProfileSafetySection = ProfileSafetySection()
    upload: ProfileUploadSection | None = None


class CombinedModel(Section):
    """A combined profile: one set made of the sets of other profiles."""

    name: Name | None = Field(default=None, description="The name of the profile; default: that of the file.")
    format: Format = Field(default="v2", description="v2.1: what SDS takes today; v2: the four files of iSAMS-SDS.ps1.")
    output: FilePath = Field(description="The folder of the CSV files; sdssync owns it.")
    expires: Day | None = Field(default=None, description="The last day on which the profile runs.")
    combine: Parts = Field(json_schema_extra=UNIQUE, description="The names of the profiles that are its parts.")
    validation: ValidateSection = Field(default=ValidateSection(), alias="validate")
    safety: ProfileSafetySection = ProfileSafetySection()
    upload: ProfileUploadSection | None = None


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema for each kind of TOML file, by file name, for editors that complete and check."""
    return {
        f"{name}.schema.json": {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        for name, schema in (("sdssync", SettingsModel.model_json_schema()), ("profile", _profile_schema()))
    }


def _profile_schema() -> dict[str, Any]:
    """Return the schema of a profile file: `combine` decides which of the two kinds it is."""
    union: TypeAdapter[Any] = TypeAdapter(ProfileModel | CombinedModel)
    schema = union.json_schema()
    profile, combined = schema.pop("anyOf")
    return {**schema, "if": {"required": ["combine"]}, "then": combined, "else": profile}
