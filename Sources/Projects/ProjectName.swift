/// The names that projects may have.
public enum ProjectName {
    /// What a name has to be, in a sentence without its end.
    public static let rule = "a project's name consists of 1…100 letters, digits, '-', '_' and '.'"

    /// Names stand in addresses, `name:version` among them.
    public static func isUsable(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
            }
    }
}
