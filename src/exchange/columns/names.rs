//! The names under which columns are recognised, the one that an export writes first in each list. Case,
//! accents, spaces and punctuation do not count: `E-mail` and `email` are one name.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fields::{Field, Kind};
use crate::units::fold;

const EMAIL: &str = "\
    E-mail, Mail, E-mail address, Mail address, Work e-mail, Person e-mail, E-Mail-Adresse, Courriel, \
    Adresse e-mail, Correo, Correo electrónico";

const ROLE: &str = "\
    Role, Job title, Position, Function, Discipline, Role on project, Project role, Rolle, Funktion, \
    Stelle, Rôle, Fonction, Poste, Rol, Función, Puesto, Cargo";

const DEPARTMENT: &str = "\
    Department, Team, Group, Unit, Division, Dept, Abteilung, Bereich, Département, Service, Équipe, \
    Departamento, Equipo";

const NOTES: &str = "\
    Notes, Note, Comment, Comments, Remark, Remarks, Description, Notizen, Notiz, Bemerkung, \
    Bemerkungen, Beschreibung, Kommentar, Remarque, Remarques, Commentaire, Notas, Comentario, \
    Comentarios, Descripción";

const CODE: &str = "\
    Project number, Project code, Project no, Project id, Project key, Job number, Job no, Job code, \
    Number, Code, Projektnummer, Projekt-Nr, Projektcode, Projektkürzel, Numéro de projet, Code projet, \
    Code du projet, N° projet, Número de proyecto, Código de proyecto, Código del proyecto";

const PROJECT: &str = "\
    Project, Project name, Project title, Job, Job name, Projekt, Projektname, Projet, Nom du projet, \
    Proyecto, Nombre del proyecto";

const PERSON: &str = "\
    Person, Name, Person name, Full name, Employee, Employee name, Resource, Resource name, Team member, \
    Member, Staff, Consultant, Assignee, Who, Mitarbeiter, Mitarbeiterin, Mitarbeitende, Personne, Nom, \
    Collaborateur, Employé, Persona, Nombre, Empleado, Recurso";

const PLACEHOLDER: &str = "Placeholder, Placeholder number";

const PEOPLE: &[(Field, &str)] = &[
    (
        Field::Name,
        "Name, Full name, Person, Person name, Display name, Employee, Employee name, Resource, \
         Resource name, Team member, Member, Staff, Mitarbeiter, Mitarbeiterin, Mitarbeitende, \
         Vollständiger Name, Nom complet, Personne, Collaborateur, Employé, Nombre completo, Persona, \
         Empleado",
    ),
    (
        Field::FirstName,
        "First name, Given name, Forename, Firstname, Vorname, Prénom, Nombre, Nombre de pila",
    ),
    (
        Field::LastName,
        "Last name, Surname, Family name, Nachname, Familienname, Nom, Nom de famille, Apellido, Apellidos",
    ),
    (Field::Email, EMAIL),
    (
        Field::Phone,
        "Phone, Phone number, Telephone, Mobile, Mobile phone, Cell, Tel, Telefon, Telefonnummer, Handy, \
         Mobil, Téléphone, Portable, Teléfono, Móvil",
    ),
    (Field::Role, ROLE),
    (Field::Department, DEPARTMENT),
    (
        Field::Weekly,
        "Weekly hours, Hours per week, Hours a week, Hours/week, h/week, Weekly capacity, Capacity, \
         Contract hours, Contracted hours, Working hours, Wochenstunden, Stunden pro Woche, Arbeitszeit, \
         Kapazität, Heures par semaine, Heures hebdomadaires, Horas semanales, Horas por semana",
    ),
    (
        Field::Start,
        "Start date, Start, First day, Hire date, Hired, Date hired, Joined, Joining date, Employed from, \
         Employment start, Eintritt, Eintrittsdatum, Beginn, Date d'entrée, Date d'embauche, \
         Date de début, Début, Fecha de inicio, Inicio, Fecha de alta",
    ),
    (
        Field::End,
        "Last day, End date, End, Leaving date, Leave date, Termination date, Employed until, \
         Employment end, Left, Austritt, Austrittsdatum, Ende, Date de sortie, Date de fin, \
         Date de départ, Fin, Fecha de fin, Fecha de baja",
    ),
    (
        Field::Location,
        "Location, Office, Site, City, Place, Standort, Büro, Ort, Lieu, Bureau, Ville, Ubicación, \
         Oficina, Ciudad, Sede",
    ),
    (
        Field::Skills,
        "Skills, Skill, Competences, Competencies, Expertise, Tags, Fähigkeiten, Kompetenzen, Kenntnisse, \
         Compétences, Habilidades, Competencias",
    ),
    (Field::Notes, NOTES),
    (
        Field::Active,
        "Active, Is active, Currently active, Aktiv, Actif, Activo",
    ),
];

const PROJECTS: &[(Field, &str)] = &[
    (
        Field::Name,
        "Project, Project name, Name, Project title, Title, Job, Job name, Projekt, Projektname, \
         Bezeichnung, Projet, Nom du projet, Nom, Proyecto, Nombre del proyecto, Nombre",
    ),
    (
        Field::Code,
        "Number, Code, Project number, Project code, Project no, Project id, Project key, No, Nr, Key, \
         Job number, Job no, Job code, Reference, Ref, Nummer, Projektnummer, Projekt-Nr, Projektcode, \
         Kürzel, Numéro, Numéro de projet, Code projet, Code du projet, N°, Référence, Número, Código, \
         Número de proyecto, Código de proyecto, Código del proyecto, Referencia, Id",
    ),
    (
        Field::Client,
        "Client, Customer, Client name, Customer name, Account, Company, Kunde, Kundin, Auftraggeber, \
         Kundenname, Cliente, Maître d'ouvrage",
    ),
    (
        Field::Status,
        "Status, State, Stage, Project status, Projektstatus, Stand, Statut, État, Estado",
    ),
    (Field::Department, DEPARTMENT),
    (
        Field::Start,
        "Start, Start date, From, Begin, Begins, Project start, Beginn, Startdatum, Projektbeginn, Von, \
         Début, Date de début, Inicio, Fecha de inicio",
    ),
    (
        Field::End,
        "End, End date, Finish, Finish date, To, Until, Due, Due date, Deadline, Project end, Ende, \
         Enddatum, Projektende, Bis, Fin, Date de fin, Échéance, Fecha de fin",
    ),
    (
        Field::Budget,
        "Budget hours, Budget, Hours budget, Budgeted hours, Planned hours, Estimated hours, Estimate, \
         Hours, Stundenbudget, Budgetstunden, Budget Stunden, Sollstunden, Stunden, Heures budgétées, \
         Budget heures, Heures, Horas presupuestadas, Presupuesto, Presupuesto de horas, Horas",
    ),
    (Field::Notes, NOTES),
];

const DELIVERABLES: &[(Field, &str)] = &[
    (Field::Code, CODE),
    (Field::Project, PROJECT),
    (
        Field::Name,
        "Deliverable, Deliverable name, Milestone, Milestone name, Name, Title, Task, Package, \
         Liefergegenstand, Lieferung, Meilenstein, Bezeichnung, Livrable, Jalon, Entregable, Hito",
    ),
    (
        Field::Percent,
        "Percent, %, Percentage, Percent complete, Progress, Prozent, Anteil, Fortschritt, Pourcentage, \
         Pourcent, Avancement, Porcentaje, Avance",
    ),
    (Field::Phase, "Phase, Stage, Leistungsphase, Fase, Étape, Etapa"),
    (
        Field::Due,
        "Due, Due date, Date, Deadline, Delivery date, Target date, Fällig, Fälligkeit, Termin, Datum, \
         Liefertermin, Échéance, Date d'échéance, Date limite, Fecha, Fecha límite, Fecha de entrega, \
         Vencimiento",
    ),
    (
        Field::Done,
        "Done, Completed, Complete, Finished, Delivered, Is done, Erledigt, Fertig, Abgeschlossen, Fait, \
         Terminé, Livré, Hecho, Terminado, Entregado",
    ),
    (Field::Notes, NOTES),
];

const HOURS: &[(Field, &str)] = &[
    (Field::Person, PERSON),
    (Field::Email, EMAIL),
    (Field::Code, CODE),
    (Field::Project, PROJECT),
    (Field::Role, ROLE),
    (Field::Notes, NOTES),
    (Field::Placeholder, PLACEHOLDER),
    (
        Field::Week,
        "Week, Week of, Week starting, Week start, Week commencing, Week beginning, W/c, Date, Day, \
         Period, Woche, KW, Kalenderwoche, Datum, Semaine, Semana, Fecha",
    ),
    (
        Field::Hours,
        "Hours, Hrs, H, Booked hours, Planned hours, Hours booked, Hours planned, Allocation, Effort, \
         Quantity, Stunden, Std, Heures, Horas",
    ),
];

/// The names of one field in one kind of sheet.
pub(super) fn titles(kind: Kind, field: Field) -> impl Iterator<Item = &'static str> {
    let table = match kind {
        Kind::People => PEOPLE,
        Kind::Projects => PROJECTS,
        Kind::Deliverables => DELIVERABLES,
        Kind::HoursWide | Kind::HoursLong => HOURS,
    };
    let names = table
        .iter()
        .find(|(known, _)| *known == field)
        .map(|(_, names)| *names);
    names.into_iter().flat_map(|names| names.split(", "))
}

static KNOWN: LazyLock<HashMap<(Kind, String), (Field, usize)>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for kind in Kind::ALL {
        for field in kind.fields() {
            for (rank, title) in titles(kind, *field).enumerate() {
                known.entry((kind, normal(title))).or_insert((*field, rank));
            }
        }
    }
    known
});

/// What a head means in a sheet of this kind, and how good a name for it that is: 0 is the best.
pub(super) fn meaning(kind: Kind, head: &str) -> Option<(Field, usize)> {
    // A text as long as that is no head, and folding it for every kind would cost time for nothing.
    if head.len() > 200 {
        return None;
    }
    let known = |title: &str| KNOWN.get(&(kind, normal(title))).copied();
    // `Budget (h)` and `Weekly hours [h]` carry their unit; what stands in brackets only explains.
    known(head).or_else(|| {
        let (start, _) = head.split_once(['(', '[', '{'])?;
        (!start.trim().is_empty()).then(|| known(start)).flatten()
    })
}

/// A head as it is compared: letters and digits only, folded, without accents. A lone sign stands for itself.
pub(super) fn normal(title: &str) -> String {
    let plain = without_accents(&fold(title));
    let letters: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() { plain } else { letters }
}

/// `equipe` for `équipe`.
pub(in crate::exchange) fn without_accents(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_things_in_one_kind_of_sheet() {
        for kind in Kind::ALL {
            let mut seen: HashMap<String, (Field, &str)> = HashMap::new();
            for field in kind.fields() {
                for title in titles(kind, *field) {
                    if let Some((other, first)) = seen.insert(normal(title), (*field, title)) {
                        assert_eq!(other, *field, "{kind:?}: {first} and {title}");
                    }
                }
            }
        }
    }

    #[test]
    fn case_accents_spaces_and_punctuation_do_not_count() {
        for (kind, head, field) in [
            (Kind::People, " e-MAIL ", Field::Email),
            (Kind::People, "EMail", Field::Email),
            (Kind::People, "weekly_hours", Field::Weekly),
            (Kind::People, "Weekly hours (h)", Field::Weekly),
            (Kind::People, "Telephone", Field::Phone),
            (Kind::People, "te\u{301}le\u{301}phone", Field::Phone),
            (Kind::Projects, "Project No.", Field::Code),
            (Kind::Projects, "Budget [h]", Field::Budget),
            (Kind::Deliverables, "%", Field::Percent),
            (Kind::Deliverables, "Fällig", Field::Due),
            (Kind::HoursLong, "Projekt-Nr.", Field::Code),
        ] {
            assert_eq!(meaning(kind, head).map(|(field, _)| field), Some(field), "{head}");
        }
        assert_eq!(meaning(Kind::People, "Shoe size"), None);
        assert_eq!(meaning(Kind::People, "(h)"), None);
    }
}
