/// An address of the Internet Protocol, of 4 or 16 bytes.
public struct IPAddress: Equatable, Hashable, Sendable {
    /// In the order of the network.
    public let bytes: [UInt8]

    /// An address of these bytes; nil unless there are 4 or 16.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads an address as it is written in a URL: `192.0.2.1`, `2001:db8::1`, without brackets. IPv4 is read as libcurl
    /// reads it, so that `127.1`, `0x7f000001` and `017700000001` are what they are. nil for a name.
    public init?(_ text: String) {
        guard let bytes = text.contains(":") ? Self.version6(text) : Self.version4(text[...]) else { return nil }
        self.bytes = bytes
    }

    /// Whether it is one of the whole Internet: not of a private network, this machine, a link, a carrier's network, a
    /// group, a documentation, and not reserved. IPv4 addresses within IPv6 ones count as themselves.
    public var isPublic: Bool {
        bytes.count == 4 ? Self.isPublic4(bytes[...]) : Self.isPublic6(bytes)
    }

    /// RFC 6890 and its registry.
    private static let special4: [(network: [UInt8], bits: Int)] = [
        ([0, 0, 0, 0], 8), ([10, 0, 0, 0], 8), ([100, 64, 0, 0], 10), ([127, 0, 0, 0], 8), ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12), ([192, 0, 0, 0], 24), ([192, 0, 2, 0], 24), ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16), ([198, 18, 0, 0], 15), ([198, 51, 100, 0], 24), ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 4), ([240, 0, 0, 0], 4),
    ]

    private static func isPublic4(_ bytes: ArraySlice<UInt8>) -> Bool {
        !special4.contains { has(bytes, $0.network, $0.bits) }
    }

    private static func isPublic6(_ bytes: [UInt8]) -> Bool {
        // IPv4 within: mapped, translated (64:ff9b::/96), 6to4.
        if has(bytes[...], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96) { return isPublic4(bytes[12...]) }
        if has(bytes[...], [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96) { return isPublic4(bytes[12...]) }
        if has(bytes[...], [0x20, 0x02], 16) { return isPublic4(bytes[2..<6]) }
        // Global unicast is 2000::/3; of it 2001::/23 (Teredo among it), 2001:db8::/32 and 3fff::/20 are special.
        return has(bytes[...], [0x20], 3) && !has(bytes[...], [0x20, 0x01, 0x00], 23)
            && !has(bytes[...], [0x20, 0x01, 0x0D, 0xB8], 32) && !has(bytes[...], [0x3F, 0xFF, 0x00], 20)
    }

    private static func has(_ bytes: ArraySlice<UInt8>, _ network: [UInt8], _ bits: Int) -> Bool {
        let (whole, rest) = (bits / 8, bits % 8)
        guard bytes.prefix(whole).elementsEqual(network.prefix(whole)) else { return false }
        if rest == 0 { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
        return bytes[bytes.startIndex + whole] & mask == network[whole] & mask
    }

    // MARK: - Reading

    /// One to four numbers, each decimal, octal or hexadecimal; the last fills what is left.
    private static func version4(_ text: Substring) -> [UInt8]? {
        let text = text.last == "." ? text.dropLast() : text
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count) else { return nil }
        var numbers: [UInt32] = []
        for part in parts {
            guard let number = number(part) else { return nil }
            numbers.append(number)
        }
        guard let last = numbers.popLast(), numbers.allSatisfy({ $0 < 256 }) else { return nil }
        let places = 4 - numbers.count
        guard places == 4 || last < 1 << (8 * UInt32(places)) else { return nil }
        let tail = (0..<places).reversed().map { UInt8(truncatingIfNeeded: last >> (8 * UInt32($0))) }
        return numbers.map { UInt8($0) } + tail
    }

    private static func number(_ text: Substring) -> UInt32? {
        let lower = text.lowercased()
        let (digits, radix) =
            lower.hasPrefix("0x")
            ? (lower.dropFirst(2), 16) : lower.count > 1 && lower.first == "0" ? (lower[...], 8) : (lower[...], 10)
        guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt32(digits, radix: radix)
    }

    /// Groups of up to four digits, one gap at most, perhaps IPv4 at the end.
    private static func version6(_ text: String) -> [UInt8]? {
        let text = String(text.prefix { $0 != "%" })
        var sides = [text]
        if let gap = text.firstRange(of: "::") {
            sides = [String(text[..<gap.lowerBound]), String(text[gap.upperBound...])]
            if sides[1].contains("::") { return nil }
        }
        var halves: [[UInt8]] = []
        for (index, side) in sides.enumerated() {
            guard let half = groups(side, isLast: index == sides.count - 1) else { return nil }
            halves.append(half)
        }
        let count = halves.reduce(0) { $0 + $1.count }
        if halves.count == 1 { return count == 16 ? halves[0] : nil }
        return count <= 14 ? halves[0] + [UInt8](repeating: 0, count: 16 - count) + halves[1] : nil
    }

    private static func groups(_ text: String, isLast: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, group) in groups.enumerated() {
            if group.contains("."), isLast, index == groups.count - 1 {
                guard group.split(separator: ".").count == 4, let tail = version4(group) else { return nil }
                bytes += tail
            } else {
                guard (1...4).contains(group.count), group.allSatisfy(\.isHexDigit),
                    let value = UInt16(group, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
        }
        return bytes
    }
}
