import ProviderKit
import Vocoder

/// What the network and the vocoder are told for a wanted voice. A pure function of the request.
public struct HibariSettings: Equatable, Sendable {
    /// Factor on the network's pace.
    public var speed: Float
    /// How the voice differs from the one that the network learned, a woman's from the United States.
    public var shape: VoiceShape

    /// Brings the network's speech to -22 dB, where all local voices are. Whatever the pitch, it is within 1 dB.
    private static let gain: Float = 1.55

    /// Maps a wanted voice to one of many that pitch and formants make of the network's; nil when the language is not
    /// English.
    ///
    /// Gender is read from the name. Names of one gender differ by steady shifts of pitch, formants and pace, so that two
    /// agents can be told apart. All speak with an American accent. Without a name it is the network's own voice.
    public init?(_ request: VoiceRequest) {
        guard request.locale.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first == "en" else {
            return nil
        }
        speed = Float(min(4, max(0.25, request.speed.isFinite ? request.speed : 1)))
        guard request.name != nil else {
            shape = VoiceShape(gain: Self.gain)
            return
        }
        // Nine steps of pitch, five of formants, three of pace.
        let fingerprint = request.fingerprint
        let pitch = Float(fingerprint % 9) / 8
        let formant = Float(fingerprint / 9 % 5) / 4
        switch request.gender ?? .female {
        case .female: shape = VoiceShape(pitch: 0.85 + 0.3 * pitch, formant: 0.96 + 0.08 * formant, gain: Self.gain)
        case .male: shape = VoiceShape(pitch: 0.54 + 0.14 * pitch, formant: 0.83 + 0.07 * formant, gain: Self.gain)
        }
        speed *= 0.97 + 0.03 * Float(fingerprint / 45 % 3)
    }
}
