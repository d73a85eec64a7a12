/// What the clock on the wall shows during a conversation, told to its models. It is handed in at the beginning, so that a
/// replay tells them the same.
public struct WallClock: Codable, Equatable, Sendable {
    /// When the conversation began: seconds since 1970, in UTC.
    public var began: Int
    /// How far the zone is ahead of UTC then, in seconds. A change of summer time during a call is not followed.
    public var offset: Int
    /// The zone's name, such as `Europe/Berlin`.
    public var zone: String

    /// A clock that shows `began` in a zone.
    public init(began: Int, offset: Int, zone: String) {
        self.began = began
        self.offset = offset
        self.zone = zone
    }

    /// What it shows after so much of the conversation: `Saturday, 28 November 2026, 18:44 (Europe/Berlin)`.
    func reading(after elapsed: Duration) -> String {
        let seconds = began + offset + Int(elapsed.components.seconds)
        let days = Int((Double(seconds) / 86_400).rounded(.down))
        let minutes = (seconds - days * 86_400) / 60
        let (year, month, day) = Self.date(days)
        // 1970 began on a Thursday.
        let weekday = Self.weekdays[((days + 4) % 7 + 7) % 7]
        let (hour, minute) = (minutes / 60, minutes % 60)
        let padded = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(weekday), \(day) \(Self.months[month - 1]) \(year), \(padded(hour)):\(padded(minute)) (\(zone))"
    }

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// The Gregorian date of a day, counted from 1970-01-01. The leap day ends a year that begins in March.
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * fromMarch + 2) / 5 + 1)
    }
}
