import ProviderKit

/// The voices of flite that Parley links.
public enum FliteVoice: String, CaseIterable, Sendable {
    /// A woman from the United States.
    case slt
    /// A man from the United States.
    case rms
    /// A man from Scotland.
    case awb
    /// A man, of an older and more mechanical kind.
    case kal16

    /// How fast the voice speaks beside `slt`: the others are slowed or hurried by this much to match.
    var naturalStretch: Double {
        switch self {
        case .slt, .rms: 1
        case .awb: 1.03
        case .kal16: 1.05
        }
    }

    /// Factor on the amplitude that brings the voice's speech to -22 dB, where all local voices are.
    var gain: Double {
        switch self {
        case .slt: 0.43
        case .rms: 0.81
        case .awb: 0.71
        case .kal16: 1.84
        }
    }

    /// The voice's mean fundamental frequency in hertz.
    var meanPitch: Double {
        switch self {
        case .slt: 172
        case .rms: 94
        case .awb: 121
        case .kal16: 105
        }
    }
}

/// What flite is told for a wanted voice. A pure function of the request.
public struct FliteSettings: Equatable, Sendable {
    /// The voice.
    public var voice: FliteVoice
    /// Factor on the fundamental frequency: 1 is the voice's own.
    public var pitch: Double
    /// Factor on every duration: 1 is the voice's own pace, 2 is half as fast.
    public var stretch: Double

    /// Maps a wanted voice to the nearest that flite has, or nil when the language is not English.
    ///
    /// Gender and accent are read from the name: men with an accent of the Commonwealth but Canada's become `awb`, other
    /// men `rms`, everybody else `slt`. Names that share a voice differ by a small, steady shift of pitch and pace, so that
    /// two agents can be told apart.
    public init?(_ request: VoiceRequest) {
        let locale = request.locale.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
        guard locale.first == "en" else { return nil }
        let region = locale.dropFirst().first ?? "us"
        let asked = request.name.flatMap { FliteVoice(rawValue: $0.lowercased()) }
        voice = asked ?? Self.voice(gender: request.gender ?? .female, region: region)
        let speed = min(4, max(0.25, request.speed.isFinite ? request.speed : 1))
        pitch = 1
        stretch = voice.naturalStretch / speed
        if asked == nil, request.name != nil {
            // Nine steps of pitch, five of pace.
            let steps = Int(request.fingerprint % 9) - 4
            let paces = Int(request.fingerprint / 9 % 5) - 2
            pitch = 1 + Double(steps) * (voice == .slt ? 0.035 : 0.025)
            stretch *= 1 + Double(paces) * 0.02
        }
    }

    private static func voice(gender: VoiceRequest.Gender, region: String) -> FliteVoice {
        switch gender {
        case .female: .slt
        case .male: ["us", "ca", "ph"].contains(region) ? .rms : .awb
        }
    }
}
