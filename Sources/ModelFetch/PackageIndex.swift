import Foundation

/// The package index that pip is configured for: where an organisation keeps its own mirror of PyPI.
public enum PackageIndex {
    /// The index's base address (PEP 503), such as `https://mirror.example/simple`; nil when none is configured, and PyPI
    /// is asked.
    ///
    /// Taken from `$PARLEY_INDEX_URL`, else `$PIP_INDEX_URL`, else `index-url` in `[download]` or `[global]` of pip's
    /// configuration: the file that `$PIP_CONFIG_FILE` names, the user's, the system's.
    /// - Parameter content: the text of the file at a path; nil when there is none.
    public static func configured(environment: [String: String], content: (String) -> String?) -> String? {
        for name in ["PARLEY_INDEX_URL", "PIP_INDEX_URL"] {
            if let url = environment[name], !url.isEmpty { return trimmed(url) }
        }
        for file in files(environment: environment) {
            guard let text = content(file) else { continue }
            if let url = indexURL(inConfiguration: text) { return trimmed(url) }
        }
        return nil
    }

    /// The configuration files of pip, the strongest first.
    private static func files(environment: [String: String]) -> [String] {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let userFolder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config"
        let all = ["\(userFolder)/pip/pip.conf", "\(home)/.pip/pip.conf", "/etc/xdg/pip/pip.conf", "/etc/pip.conf"]
        guard let named = environment["PIP_CONFIG_FILE"], !named.isEmpty else { return all }
        // This name tells pip to read no configuration at all.
        return named == "/dev/null" ? [] : [named] + all
    }

    /// The value of `index-url` in the text of a `pip.conf`.
    static func indexURL(inConfiguration text: String) -> String? {
        var found: [String: String] = [:]
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.trimmingCharacters(in: .whitespaces)
            if words.hasPrefix("["), words.hasSuffix("]") {
                section = String(words.dropFirst().dropLast()).lowercased()
                continue
            }
            guard !words.hasPrefix("#"), !words.hasPrefix(";"),
                let sign = words.firstIndex(where: { $0 == "=" || $0 == ":" })
            else { continue }
            let key = words[..<sign].trimmingCharacters(in: .whitespaces).lowercased()
                .replacingOccurrences(of: "_", with: "-")
            let value = words[words.index(after: sign)...].trimmingCharacters(in: .whitespaces)
            if key == "index-url", !value.isEmpty { found[section] = value }
        }
        return found["download"] ?? found["global"]
    }

    private static func trimmed(_ url: String) -> String {
        String(url.reversed().drop { $0 == "/" }.reversed())
    }
}
