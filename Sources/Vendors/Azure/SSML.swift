import ProviderKit

/// The markup that tells Azure what to say and how.
enum SSML {
    /// The document for `text`, spoken by `voice` (a name of Azure's) at `speed`, 1 being the voice's own.
    ///
    /// Azure takes 0.5…2 times the voice's own pace; beyond, the nearest is asked for. The silence at both ends is cut to
    /// what sentences need between them: the service's own is about 0.1 s in front and 0.8 s behind.
    static func document(_ text: String, voice: String, speed: Double) -> String {
        let locale = VoiceCatalogue.locale(of: voice) ?? "en-US"
        var spoken = escaped(text)
        let percent = Int(((min(2, max(0.5, speed)) - 1) * 100).rounded())
        if percent != 0 { spoken = "<prosody rate='\(percent > 0 ? "+" : "")\(percent)%'>\(spoken)</prosody>" }
        return "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis'"
            + " xmlns:mstts='http://www.w3.org/2001/mstts' xml:lang='\(escaped(locale))'>"
            + "<voice name='\(escaped(voice))'>"
            + "<mstts:silence type='Leading-exact' value='0ms'/><mstts:silence type='Tailing-exact' value='100ms'/>"
            + "\(spoken)</voice></speak>"
    }

    /// `text` as it may stand between tags and in attributes, without the characters that XML has no way to write.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch sayable(scalar) {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "'": escaped += "&apos;"
            case "\"": escaped += "&quot;"
            case let scalar?: escaped.unicodeScalars.append(scalar)
            case nil: break
            }
        }
        return escaped
    }

    /// What becomes of one scalar on its way to the voice: control characters are left out, or become a space where they
    /// part words.
    static func sayable(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x09...0x0D, 0x85, 0x2028, 0x2029: " "
        case 0...0x1F, 0x7F...0x9F, 0xFFFE, 0xFFFF: nil
        default: scalar
        }
    }
}
