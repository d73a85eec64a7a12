import AudioCore
import Foundation

/// Reads recordings as the server hears them.
enum WAVReading {
    /// The samples of a WAV file as PCM16 mono at 16 kHz.
    /// - Throws: `CommandFailure`, which names the file and what is wrong with it.
    static func samples(of path: String) throws(CommandFailure) -> [Int16] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(description: "\(path): cannot be read")
        }
        let recording: AudioChunk
        do {
            recording = try WAVFile.read(Array(data))
        } catch {
            throw CommandFailure(description: "\(path): \(error)")
        }
        guard var resampler = Resampler(from: recording.sampleRate, to: 16000) else {
            throw CommandFailure(
                description: "\(path): \(recording.sampleRate) samples a second, which cannot be converted")
        }
        return resampler.process(recording.samples) + resampler.finish()
    }
}
