import ProviderKit
import TestSupport
import Testing

@testable import Doubles
@testable import Vendors

struct SSMLTests {
    /// Any text, with a taste for what is special in XML.
    private func text(_ numbers: inout Seeded) -> String {
        let special: [Unicode.Scalar] = [
            "<", ">", "&", "'", "\"", "]", "-", "!", ";", "#", "\n", "\r", "\t", "\0", "\u{1B}", "\u{7F}", "\u{85}",
            "\u{A0}", "\u{FFFE}", "\u{FFFF}", "\u{2028}", "é", "日", "\u{301}", "😀", "a", " ",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...60, using: &numbers) {
            if Bool.random(using: &numbers) {
                text.append(special.randomElement(using: &numbers) ?? "a")
            } else if let any = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &numbers)) {
                text.append(any)
            }
        }
        return String(text)
    }

    /// The document is well-formed, and what it says is the text without the control characters.
    @Test(arguments: 0..<500) func saysTheTextAndNothingElse(seed: Int) throws {
        var numbers = Seeded(seed)
        let text = text(&numbers)
        let document = SSML.document(
            text, voice: "en-AU-WilliamNeural", speed: Double.random(in: 0.25...4, using: &numbers))
        let read = try AzureSSML(document)
        #expect(Array(read.text.unicodeScalars) == text.unicodeScalars.compactMap(SSML.sayable))
        #expect(!read.text.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(read.voice.name == "en-AU-WilliamNeural" && read.voice.language == "en-AU")
    }

    @Test func visibleCharactersAndSpacesStay() {
        let text = "Tea & <cake> cost \"£3\", it's true — 真的 😀."
        #expect(text.unicodeScalars.allSatisfy { SSML.sayable($0) == $0 })
        #expect("a\tb\r\nc\u{0}d".unicodeScalars.compactMap(SSML.sayable).map(String.init).joined() == "a b  cd")
    }

    /// A name out of a project file stays a name.
    @Test func aNameCannotLeaveItsAttribute() throws {
        let name = "en-US-x'/><voice name='en-US-Evil"
        let read = try AzureSSML(SSML.document("Hello.", voice: name, speed: 1))
        #expect(read.voice.name == name)
    }

    @Test(arguments: [(0.25, 0.5), (0.5, 0.5), (0.8, 0.8), (1, 1), (1.25, 1.25), (2, 2), (4, 2)])
    func paceIsInAzuresRange(speed: Double, heard: Double) throws {
        let read = try AzureSSML(SSML.document("Hello.", voice: "en-US-JennyNeural", speed: speed))
        #expect(abs(read.voice.speed - heard) < 0.001)
    }

    @Test(arguments: [
        ("en-AU-WilliamNeural", "en-US", "en-AU-WilliamNeural"), ("", "en-AU", "en-AU-NatashaNeural"),
        ("Rachel", "de-DE", "de-DE-KatjaNeural"), ("onyx", "de-DE", "de-DE-ConradNeural"),
        ("", "de", "de-DE-KatjaNeural"), ("", "fr-LU", "fr-FR-DeniseNeural"), ("", "EN_gb", "en-GB-LibbyNeural"),
        ("en-US-Ava:DragonHDLatestNeural", "en-US", "en-US-Ava:DragonHDLatestNeural"),
    ])
    func theVoiceIsTheNamedOneOrTheLanguages(name: String, language: String, voice: String) {
        let request = VoiceRequest(name: name.isEmpty ? nil : name, language: language)
        #expect(AzureVoices.name(for: request) == voice)
    }

    @Test func thereAreLanguagesWithoutVoice() {
        #expect(AzureVoices.name(for: VoiceRequest(language: "tlh")) == nil)
        #expect(AzureVoices.name(for: VoiceRequest(language: "")) == nil)
    }
}
