import AudioCore
import Foundation
import VoiceActivity

/// Audio and the probabilities that ONNX Runtime gives for it, made by `Tests/Tools/silero_reference.py`.
struct Reference: Sendable {
    let name: String
    let samples: [Int16]
    let probabilities: [Float]

    static let names = ["speech", "faint", "loud", "noisy", "silence", "hum", "white", "hiss"]

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// All cases; made once for the whole run, as the script takes some seconds.
    static let all = Result { try make() }

    static func named(_ name: String) throws -> Reference {
        guard let found = try all.get().first(where: { $0.name == name }) else {
            throw Failure(description: "The reference has no case \(name).")
        }
        return found
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func make() throws -> [Reference] {
        let python =
            ProcessInfo.processInfo.environment["PARLEY_PYTHON"]
            ?? root.appending(path: ".dev/venv/bin/python").path(percentEncoded: false)
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(
                description: "No Python with onnxruntime at \(python): run ./dev test, which makes it from "
                    + "Tests/requirements.txt, or set PARLEY_PYTHON.")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "parley-silero-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Process()
        script.executableURL = URL(filePath: python)
        script.arguments = [
            root.appending(path: "Tests/Tools/silero_reference.py"),
            root.appending(path: "Sources/SileroKernel/weights/silero_vad_16k_op15.onnx"),
            folder,
        ].map { $0.path(percentEncoded: false) }
        let errors = Pipe()
        script.standardError = errors
        try script.run()
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        script.waitUntilExit()
        guard script.terminationStatus == 0 else {
            throw Failure(description: "silero_reference.py failed (espeak-ng installed?): \(complaint.suffix(2000))")
        }
        return try names.map { name in
            let audio = try Data(contentsOf: folder.appending(path: name + ".s16"))
            let probabilities = try Data(contentsOf: folder.appending(path: name + ".f32"))
            return Reference(
                name: name, samples: PCM16.samples(littleEndian: [UInt8](audio)),
                probabilities: probabilities.withUnsafeBytes { bytes in
                    (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
                })
        }
    }
}
