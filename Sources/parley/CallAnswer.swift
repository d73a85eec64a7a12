import AudioCore
import Foundation

/// The audio of the answers of one call.
struct CallAnswer {
    var samples: [Int16] = []
    /// Hertz.
    var sampleRate = 16000

    /// Its length in seconds, with one decimal.
    var seconds: String { String(format: "%.1f", Double(samples.count) / Double(sampleRate)) }

    /// Writes a WAV file; without any audio it writes nothing.
    /// - Throws: `CommandFailure` when the file cannot be written.
    func write(to path: String) throws(CommandFailure) {
        if samples.isEmpty {
            Output.error("parley call: \(path) is not written: the answer has no audio")
            return
        }
        let wav = WAVFile.write(AudioChunk(samples: samples, sampleRate: sampleRate))
        guard FileManager.default.createFile(atPath: path, contents: Data(wav)) else { throw Self.failure(path) }
    }

    /// Finds out before a call whether its answer can be written.
    /// - Throws: `CommandFailure` when the file cannot be written.
    static func checkWritable(_ path: String) throws(CommandFailure) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder.boolValue || !FileManager.default.isWritableFile(atPath: path) { throw failure(path) }
            return
        }
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        if !FileManager.default.isWritableFile(atPath: folder) { throw failure(path) }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(description: "\(path): cannot be written")
    }
}
