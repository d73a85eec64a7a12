import ProviderKit

/// A voice as `espeak-ng --voices` lists it.
struct ESpeakVoice: Equatable, Sendable {
    /// BCP-47 in small letters: `de`, `pt-br`, `en-gb-scotland`.
    var language: String
    /// What `-v` takes: the voice's file, such as `gmw/de`.
    var identifier: String
}

/// The voices that the installed program has.
struct ESpeakVoices: Equatable, Sendable {
    private(set) var voices: [ESpeakVoice] = []

    /// Reads the table that `espeak-ng --voices` prints: priority, language, age and gender, name, file.
    init(listing: String) {
        for line in listing.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            guard columns.count >= 5, Int(columns[0]) != nil else { continue }
            // mbrola voices need data that Debian does not bring.
            guard !columns[4].hasPrefix("mb/") else { continue }
            voices.append(ESpeakVoice(language: columns[1].lowercased(), identifier: String(columns[4])))
        }
    }

    /// Names that this program gives to languages which BCP-47 calls otherwise.
    private static let aliases = [
        "zh": "cmn", "zh-cn": "cmn", "zh-tw": "cmn", "zh-hans": "cmn", "zh-hant": "cmn", "zh-hk": "yue", "no": "nb",
        "nn": "nb", "iw": "he", "in": "id", "en-au": "en-gb", "en-nz": "en-gb", "en-ie": "en-gb", "en-za": "en-gb",
        "en-in": "en-gb", "en-ca": "en-us", "fil": "tl", "pt-pt": "pt", "es-mx": "es-419", "es-us": "es-419",
        "es-ar": "es-419", "es-co": "es-419", "fr-fr": "fr-fr", "fr-ca": "fr-fr", "fr": "fr-fr", "en": "en-us",
    ]

    /// The voice for a language tag: the tag itself, an alias, or what is left when its last parts are dropped.
    func voice(for tag: String) -> ESpeakVoice? {
        var parts = tag.lowercased().split { $0 == "-" || $0 == "_" }
        while !parts.isEmpty {
            let tag = parts.joined(separator: "-")
            for name in [tag, Self.aliases[tag]].compactMap({ $0 }) {
                if let voice = voices.first(where: { $0.language == name }) { return voice }
            }
            parts.removeLast()
        }
        return nil
    }
}

/// What the program is told for a wanted voice. A pure function of the request and the list of voices.
struct ESpeakSettings: Equatable, Sendable {
    /// For `-v`: an identifier from the program's own list, with a variant for the gender.
    var voice: String
    /// For `-s`: words a minute.
    var wordsPerMinute: Int
    /// For `-p`: 0…99.
    var pitch: Int
    /// For `-a`: 0…200; the program's own is 100.
    var amplitude: Int

    /// nil when the program has no voice for the language.
    init?(_ request: VoiceRequest, among voices: ESpeakVoices) {
        guard let found = voices.voice(for: request.locale) else { return nil }
        let variants =
            switch request.gender {
            case .female: ["f2", "f3", "f5", "f1"]
            case .male: ["m3", "m1", "m7", "m2"]
            case nil: request.name == nil ? [""] : ["", "f2", "m3"]
            }
        let fingerprint = request.fingerprint
        let variant = variants[Int(fingerprint % UInt64(variants.count))]
        voice = variant.isEmpty ? found.identifier : "\(found.identifier)+\(variant)"
        amplitude = Self.amplitudes[variant] ?? 80
        let speed = min(4, max(0.25, request.speed.isFinite ? request.speed : 1))
        // The program goes from 80 to 450; its own pace is 175, ours a little calmer.
        wordsPerMinute = min(450, max(80, Int(160 * speed)))
        pitch = request.name == nil ? 50 : 40 + Int(fingerprint / 4 % 5) * 5
    }

    /// What brings each variant's speech to -22 dB, where all local voices are. Languages differ by some decibels more.
    private static let amplitudes = [
        "f1": 66, "f2": 70, "f3": 81, "f5": 82, "m1": 91, "m2": 100, "m3": 79, "m7": 67,
    ]

    var arguments: [String] {
        [
            "--stdin", "--stdout", "-b", "1", "-z", "-v", voice, "-s", String(wordsPerMinute), "-p", String(pitch),
            "-a", String(amplitude),
        ]
    }
}
