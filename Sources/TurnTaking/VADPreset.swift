/// Named sets of how easily a caller may interrupt: `audio_config.vad.preset` of a project. Keys beside it win.
public enum VADPreset: String, CaseIterable, Sendable {
    /// For headsets and quiet rooms: 240 ms of speech interrupt.
    case eager
    /// For browsers with echo cancellation: 360 ms of speech interrupt.
    case normal
    /// For loudspeakers, offices and kiosks: 600 ms of speech interrupt.
    case patient

    /// What it stands for.
    public var configuration: VADConfiguration {
        var vad = VADConfiguration()
        vad.gracePeriod = .milliseconds(1500)
        switch self {
        case .eager:
            (vad.threshold, vad.windowSize) = (8, 14)
            (vad.lockout, vad.minimumAudio) = (.milliseconds(300), .milliseconds(500))
        case .normal:
            (vad.threshold, vad.windowSize) = (12, 20)
            (vad.lockout, vad.minimumAudio) = (.milliseconds(500), .milliseconds(500))
        case .patient:
            (vad.threshold, vad.windowSize) = (20, 32)
            (vad.lockout, vad.minimumAudio) = (.seconds(1), .seconds(1))
        }
        return vad
    }
}
