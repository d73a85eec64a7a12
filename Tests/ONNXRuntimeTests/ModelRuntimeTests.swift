import Foundation
import ONNXRuntime
import ProviderKit
import TestSupport
import Testing

/// ONNX Runtime with a model that is small and takes one tensor.
@Suite struct ModelRuntimeTests {
    private static let model = LocalModels.folder + "/smart-turn/smart-turn-v3.2-cpu.onnx"
    private static let runtime = ModelRuntime(library: LocalModels.library)

    private static func input(_ seed: Float) -> Tensor {
        Tensor((0..<64000).map { Float($0 % 97) / 97 * seed - 0.5 }, shape: [1, 80, 800])
    }

    /// The error of loading `model` with `library`.
    private func failure(library: String = LocalModels.library, model: String = Self.model) -> ProviderError? {
        do throws(ProviderError) {
            _ = try ModelRuntime(library: library).load(model, for: "Local/Test")
            return nil
        } catch { return error }
    }

    @Test func aModelComputes() throws {
        let session = try Self.runtime.load(Self.model, for: "Local/Test")
        let output = try session.run(["input_features": Self.input(1)], outputs: ["logits"])
        #expect(output.count == 1)
        #expect(output[0].shape == [1, 1])
        let value = try #require(output[0].floats?.first)
        #expect((0...1).contains(value))
        #expect(output[0].int64s == nil)
    }

    @Test func aModelCanComeFromMemory() throws {
        let content = try Array(Data(contentsOf: URL(filePath: Self.model)))
        let sessions = [
            try Self.runtime.load(Self.model, for: "Local/Test"),
            try Self.runtime.load(Self.model, content: content, for: "Local/Test"),
        ]
        let outputs = try sessions.map { try $0.run(["input_features": Self.input(1)], outputs: ["logits"])[0].floats }
        #expect(outputs[0] == outputs[1])
        let error = #expect(throws: ProviderError.self) {
            try Self.runtime.load(Self.model, content: [1, 2, 3], for: "Local/Test")
        }
        #expect(error?.message.contains(Self.model) == true)
    }

    @Test func aStoppedRunFailsAndTheNextOneDoesNot() throws {
        let session = try Self.runtime.load(Self.model, for: "Local/Test")
        let stop = StopFlag()
        stop.raise()
        #expect(throws: ProviderError.self) {
            try session.run(["input_features": Self.input(1)], outputs: ["logits"], stop: stop)
        }
        let next = try session.run(["input_features": Self.input(1)], outputs: ["logits"], stop: StopFlag())
        #expect(next.count == 1)
    }

    @Test func manyRunAtOnceAndGetWhatTheyGetAlone() async throws {
        let session = try Self.runtime.load(Self.model, for: "Local/Test")
        let run = { @Sendable (seed: Int) in
            try session.run(["input_features": Self.input(Float(seed))], outputs: ["logits"]).first?.floats
        }
        let alone = try (0..<4).map { try run($0) }
        let workers = BlockingWorkers(name: "many", count: 4)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for turn in 0..<12 {
                group.addTask {
                    let together = try await workers.run { _ in try run(turn % 4) }
                    #expect(together == alone[turn % 4])
                }
            }
            try await group.waitForAll()
        }
    }

    /// A tensor that the library made is still there when the session is not, and can be an input.
    @Test func outputsOutliveTheirSession() throws {
        var session: ModelSession? = try Self.runtime.load(Self.model, for: "Local/Test")
        let output = try session?.run(["input_features": Self.input(1)], outputs: ["logits", "logits"])
        session = nil
        let values = try #require(output)
        #expect(values[0].floats == values[1].floats)
        let other = try Self.runtime.load(Self.model, for: "Local/Test")
        #expect(throws: ProviderError.self) { try other.run(["input_features": values[0]], outputs: ["logits"]) }
    }

    @Test func tensorsKeepWhatTheyWereMadeOf() {
        #expect(Tensor([Float(1.5), -2], shape: [2, 1]).floats == [1.5, -2])
        #expect(Tensor([Int64.max, -1, 0], shape: [3]).int64s == [Int64.max, -1, 0])
        #expect(Tensor([true, false], shape: [2]).bools == [true, false])
        #expect(Tensor([Float](), shape: [1, 0]).floats == [])
        #expect(Tensor([Float(1.5)], shape: []).bools == nil)
    }

    @Test(arguments: ["input", "logits", ""]) func anUnknownNameIsAnError(name: String) throws {
        let session = try Self.runtime.load(Self.model, for: "Local/Test")
        #expect(throws: ProviderError.self) { try session.run([name: Self.input(1)], outputs: ["logits"]) }
        #expect(throws: ProviderError.self) {
            try session.run(["input_features": Self.input(1)], outputs: [name + "x"])
        }
    }

    @Test func anotherShapeOrTypeIsAnError() throws {
        let session = try Self.runtime.load(Self.model, for: "Local/Test")
        let wrong = [
            Tensor([Float](repeating: 0, count: 800), shape: [1, 1, 800]), Tensor([Float](), shape: [0, 80, 800]),
            Tensor([Int64](repeating: 0, count: 64000), shape: [1, 80, 800]), Tensor([Float(1)], shape: []),
        ]
        for input in wrong {
            #expect(throws: ProviderError.self) { try session.run(["input_features": input], outputs: ["logits"]) }
        }
        #expect(try session.run(["input_features": Self.input(1)], outputs: ["logits"]).count == 1)
    }

    @Test func whatIsMissingIsNamedWithItsRemedy() throws {
        for error in [failure(library: "/nowhere/lib.so"), failure(model: "/nowhere/model.onnx")] {
            let error = try #require(error)
            #expect(error.code == .rejected)
            #expect(error.provider == "Local/Test")
            #expect(error.message.contains("/nowhere/"))
            #expect(error.message.contains("parley models fetch"))
        }
    }

    /// Cut at any place, neither file ends the process.
    @Test(arguments: [0, 10, 64, 1000, 100_000, 8_000_000]) func aFileThatIsCutOffIsAnError(count: Int) throws {
        let folder = try ScratchFolder()
        let library = try folder.copy(LocalModels.library, first: count)
        #expect(failure(library: library)?.message.contains(library) == true)
        let model = try folder.copy(Self.model, first: count)
        #expect(failure(model: model)?.message.contains(model) == true)
    }

    @Test func anotherFileIsAnError() throws {
        let folder = try ScratchFolder()
        let text = try folder.write(Data("not what it should be".utf8), to: "text")
        #expect(failure(library: text)?.message.contains("no complete shared library") == true)
        #expect(failure(model: text)?.message.contains("models fetch") == true)
        // Each the other's file.
        #expect(failure(library: Self.model) != nil)
        #expect(failure(model: LocalModels.library) != nil)
        // A folder.
        #expect(failure(library: folder.path) != nil)
        #expect(failure(model: folder.path) != nil)
    }

    @Test func anotherLibraryIsAnError() throws {
        let program = try #require(try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        #expect(failure(library: program) != nil)
        let folders = ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64"]
        let library = folders.map { $0 + "/libm.so.6" }.first { FileManager.default.fileExists(atPath: $0) }
        #expect(failure(library: try #require(library))?.message.contains("not ONNX Runtime") == true)
    }

    @Test func aFileThatComesLaterIsFound() throws {
        let folder = try ScratchFolder()
        let runtime = ModelRuntime(library: folder.path + "/libonnxruntime.so")
        #expect(throws: ProviderError.self) { try runtime.load(Self.model, for: "Local/Test") }
        _ = try folder.copy(LocalModels.library)
        _ = try runtime.load(Self.model, for: "Local/Test")
    }
}
