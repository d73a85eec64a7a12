import AudioCore
import ProviderKit

/// The local voices: hibari or flite for English, eSpeak NG for every other language.
struct LocalVoices: SpeechSynthesizer {
    let english: any SpeechSynthesizer
    let otherLanguages: any SpeechSynthesizer

    var name: String { english.name }

    func synthesize(_ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void) async throws {
        let isEnglish = request.voice.locale.lowercased().hasPrefix("en")
        try await (isEnglish ? english : otherLanguages).synthesize(request, emit: emit)
    }
}
