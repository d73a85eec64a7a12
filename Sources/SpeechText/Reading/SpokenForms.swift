/// What a language calls numbers, and what it counts with them. Handed in: behind it stands a library of languages, which
/// this target does not know.
///
/// Numbers are written in ASCII: digits, a minus before them and a point in them (`-1234.5`). Languages are BCP-47. An
/// answer is nil where the language is not known.
public protocol SpokenForms: Sendable {
    /// `21` → "einundzwanzig".
    func number(_ number: String, in language: String) -> String?
    /// An amount with the currency's name as it goes with it, in digits: `9.99`, `EUR` → "9,99 Euro".
    func money(_ amount: String, currency: String, in language: String) -> String?
    /// A count of days, hours, minutes or seconds, in digits: `2`, `.hours` → "2 Stunden".
    func time(_ count: Int, _ unit: SpokenTimeUnit, in language: String) -> String?
    /// A date in full: "14. November 2023".
    func date(year: Int, month: Int, day: Int, in language: String) -> String?
    /// What stands between a number's whole part and its fraction, and between its thousands.
    func separators(in language: String) -> (decimal: Character, grouping: Character)?
}

/// What durations are counted in, from the largest on.
public enum SpokenTimeUnit: Int, CaseIterable, Sendable {
    /// The units, from the largest on.
    case days, hours, minutes, seconds
}
