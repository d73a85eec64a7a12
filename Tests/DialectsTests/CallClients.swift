import AudioCore
import Dialects
import Foundation
import Testing

@testable import Session

/// A client of the bridge.
struct BridgeClient: CallClient {
    /// Whether it has said that it knows pauses.
    var knowsPauses = false
    /// Whether it answers an interruption with a cancel, as most do.
    var cancels = true

    var testDescription: String { "bridge, pauses: \(knowsPauses), cancels: \(cancels)" }
    var dialect: any Dialect { BridgeDialect() }
    var greeting: [Frame] { knowsPauses ? [.text(#"{"type": "session.update", "pauses": true}"#)] : [] }

    func frames(for deed: Deed) -> [Frame]? {
        switch deed {
        case .speaks(let length):
            let bytes = [UInt8](repeating: 0, count: 2 * length.samples(at: 16000))
            return [.text(#"{"type": "input_audio_buffer.append", "audio": "\#(Data(bytes).base64EncodedString())"}"#)]
        case .types(let text): return [.text(#"{"type": "input_text", "text": "\#(text)"}"#)]
        case .presses: return [.text(#"{"command": "start_recording"}"#)]
        case .releases: return [.text(#"{"command": "stop_recording"}"#)]
        case .stops: return [.text(#"{"type": "response.cancel"}"#)]
        case .forgets: return [.text(#"{"type": "input_audio_buffer.clear"}"#)]
        case .plays: return [.text(#"{"type": "playback.started"}"#)]
        case .hasPlayed(let played):
            return [.text(#"{"type": "playback.progress", "played_ms": \#(played.milliseconds)}"#)]
        case .isQuiet: return [.text(#"{"type": "playback.stopped"}"#)]
        case .sendsNonsense: return [.text(#"{"type": "#)]
        case .sendsTooMuch: return [.oversized]
        }
    }

    func hear(_ frame: Frame) throws -> [Heard] {
        switch frame {
        case .close(let code, _): return [.ends(code)]
        case .text(let text):
            let message = try object(text)
            func field(_ name: String) -> String { message[name] as? String ?? "?" }
            switch field("type") {
            case "session.created": return [.created]
            case "response.audio_transcript.done": return [.words(field("text"))]
            case "response.created": return [.begins(field("response_id"))]
            case "response.text.delta": return [.says(field("text"))]
            case "response.audio.delta":
                return [.sounds((Data(base64Encoded: field("delta"))?.count ?? 0) / 2)]
            case "response.interrupted", "response.paused": return [.silenced]
            case "response.resumed": return [.goesOn]
            case "response.done": return [.done(field("response_id"), field("status"))]
            case "warning", "error": return [.problem(field("code"))]
            default: return []
            }
        case .binary, .oversized: throw CocoaError(.coderReadCorrupt)
        }
    }

    func answer(to heard: Heard) -> [Frame] {
        cancels && heard == .silenced && !knowsPauses ? frames(for: .stops) ?? [] : []
    }
}

/// A client that streams raw audio.
struct PCMClient: CallClient {
    var query: [String: String] = [:]

    var testDescription: String { "raw PCM \(query)" }
    var knowsPauses: Bool { true }
    var line: PCMLine { get throws { try PCMLine(query: query) } }
    var dialect: any Dialect { get throws { PCMDialect(try line) } }
    var greeting: [Frame] { [.text(#"{"type": "start"}"#)] }

    func frames(for deed: Deed) -> [Frame]? {
        switch deed {
        case .speaks(let length):
            guard let line = try? line else { return nil }
            // In frames of 20 ms, as is usual.
            let samples = PCMLine.frame.samples(at: line.inputRate)
            let frame = [UInt8](repeating: 0, count: line.encoding == .pcm16 ? 2 * samples : samples)
            let count = Int((length.milliseconds / PCMLine.frame.milliseconds).rounded())
            return [Frame](repeating: .binary(frame), count: count)
        case .types(let text): return [.text(#"{"type": "text", "text": "\#(text)"}"#)]
        case .presses: return [.text(#"{"type": "start_recording"}"#)]
        case .releases: return [.text(#"{"type": "stop_recording"}"#)]
        case .stops: return [.text(#"{"type": "cancel"}"#)]
        case .forgets: return [.text(#"{"type": "clear"}"#)]
        case .plays: return [.text(#"{"type": "playback_started"}"#)]
        case .hasPlayed(let played):
            return [.text(#"{"type": "playback_progress", "played_ms": \#(played.milliseconds)}"#)]
        case .isQuiet: return [.text(#"{"type": "playback_stopped"}"#)]
        case .sendsNonsense: return [.text(#"{"type": "#)]
        case .sendsTooMuch: return [.oversized]
        }
    }

    func hear(_ frame: Frame) throws -> [Heard] {
        switch frame {
        case .close(let code, _): return [.ends(code)]
        case .binary(let bytes):
            let samples = try line.encoding == .pcm16 ? bytes.count / 2 : bytes.count
            guard try samples == PCMLine.frame.samples(at: line.outputRate) else { throw CocoaError(.coderReadCorrupt) }
            return [.sounds(samples)]
        case .text(let text):
            let message = try object(text)
            func field(_ name: String) -> String { message[name] as? String ?? "?" }
            switch field("type") {
            case "session_created": return [.created]
            case "transcript": return field("role") == "user" ? [.words(field("text"))] : []
            case "agent_thinking": return [.begins(field("response_id"))]
            case "agent_text": return [.says(field("text"))]
            case "agent_speaking": return [.goesOn]
            case "clear": return [.silenced]
            case "agent_done": return [.done(field("response_id"), field("status"))]
            case "warning", "error": return [.problem(field("code"))]
            default: return []
            }
        case .oversized: throw CocoaError(.coderReadCorrupt)
        }
    }

    func answer(to heard: Heard) -> [Frame] { [] }
}
