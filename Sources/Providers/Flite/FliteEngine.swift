import CFlite
import ProviderKit
import Synchronization

/// flite's voices, made for the use of one thread at a time: flite writes to a voice while it speaks. The weights are
/// constants of the libraries and shared by all engines. Methods block and compute.
final class FliteEngine: Sendable {
    /// Making a voice writes to flite's global lists.
    private static let making = Mutex(())

    private let voices: ForeignHandle<[FliteVoice: UnsafeMutablePointer<cst_voice>]>

    init() throws {
        let made = Self.making.withLock { _ in
            flite_init()
            return FliteVoice.allCases.compactMap { voice in Self.make(voice).map { (voice, $0) } }
        }
        guard made.count == FliteVoice.allCases.count else {
            throw ProviderError(.unavailable, provider: FliteSynthesizer.providerName, message: "flite has no voices")
        }
        voices = ForeignHandle(Dictionary(uniqueKeysWithValues: made))
    }

    // No deinit: the libraries offer no way to free a voice that is not their last one. Engines live as long as the
    // process, and hold a few kilobytes each.

    private static func make(_ voice: FliteVoice) -> UnsafeMutablePointer<cst_voice>? {
        switch voice {
        case .slt: parley_new_slt()
        case .rms: parley_new_rms()
        case .awb: parley_new_awb()
        case .kal16: parley_new_kal16()
        }
    }

    /// The rate that all the voices speak at, in hertz.
    static let sampleRate = 16000

    /// Speaks `text` (ASCII, one utterance) and yields samples as they are made, until a yield returns false.
    func speak(_ text: String, _ settings: FliteSettings, yield: ([Int16]) -> Bool) {
        guard let voice = voices.pointer[settings.voice] else { return }
        parley_set_prosody(voice, Float(settings.stretch), Float(settings.voice.meanPitch * settings.pitch))
        withoutActuallyEscaping(yield) { yield in
            var stream = Stream(yield: yield)
            withUnsafeMutablePointer(to: &stream) { stream in
                guard let info = new_audio_streaming_info() else { return }
                info.pointee.min_buffsize = Int32(Self.sampleRate / 20)
                info.pointee.asc = fliteDidSpeak
                info.pointee.userdata = UnsafeMutableRawPointer(stream)
                parley_set_stream(voice, info)
                let utterance = flite_synth_text(text, voice)
                if let utterance { delete_utterance(utterance) }
                parley_clear_stream(voice)
            }
        }
    }

    /// Where a running utterance's samples go.
    fileprivate struct Stream {
        let yield: ([Int16]) -> Bool
    }
}

/// flite calls this with each run of new samples.
private func fliteDidSpeak(
    _ wave: UnsafePointer<cst_wave>?, _ start: Int32, _ size: Int32, _ last: Int32,
    _ info: UnsafeMutablePointer<cst_audio_streaming_info_struct>?
) -> Int32 {
    guard
        let samples = wave?.pointee.samples,
        let stream = info?.pointee.userdata?.assumingMemoryBound(to: FliteEngine.Stream.self),
        size > 0
    else { return CST_AUDIO_STREAM_CONT }
    let run = Array(UnsafeBufferPointer(start: samples + Int(start), count: Int(size)))
    return stream.pointee.yield(run) ? CST_AUDIO_STREAM_CONT : CST_AUDIO_STREAM_STOP
}
