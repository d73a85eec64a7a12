/// A time of day as it is written: `14:30`, `9:05:30`, and in French `14h30`.
struct WrittenTime: Equatable {
    let hour: Int
    let minute: Int
    let second: Int?

    /// nil when `text` is none.
    /// - Parameter separator: what stands between hours and minutes.
    init?(_ text: some StringProtocol, separator: Character = ":") {
        let fields = text.split(separator: separator, omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), (1...2).contains(fields[0].count),
            fields.dropFirst().allSatisfy({ $0.count == 2 }), fields.allSatisfy({ $0.allSatisfy(\.isDigit) }),
            let hour = Int(fields[0]), let minute = Int(fields[1]), hour < 25, minute < 60
        else { return nil }
        let second = fields.count == 3 ? Int(fields[2]) : nil
        if let second, second > 59 { return nil }
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }
}
