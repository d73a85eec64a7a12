import Foundation
import ModelFiles
import Testing

@Suite struct ModelListTests {
    private let list = ModelList.standard

    /// The layout that engines rely on.
    @Test func theSpeechSetIsComplete() {
        let names = [
            "onnxruntime/libonnxruntime.so", "moonshine-tiny-en/encoder_model.ort",
            "moonshine-tiny-en/decoder_model_merged.ort", "moonshine-tiny-en/tokenizer.bin", "hibari/hibari.onnx",
            "hibari/oov.onnx", "hibari/oov.json", "hibari/vocab.json", "hibari/lexicon_us_gold.json.gz",
            "hibari/lexicon_us_silver.json.gz", "smart-turn/smart-turn-v3.2-cpu.onnx",
        ]
        for architecture in ["x86_64", "aarch64"] {
            #expect(Set(list.files(of: "speech", architecture: architecture).map(\.path)) == Set(names))
        }
        for name in names { #expect(list[name] != nil) }
    }

    @Test func everyEntryIsPinned() throws {
        let hash = #/[0-9a-f]{64}/#
        for file in list.files {
            #expect(file.sha256.wholeMatch(of: hash) != nil, "\(file.path)")
            #expect(file.size > 0)
            #expect(["MIT", "Apache-2.0", "BSD-2-Clause"].contains(file.licence), "\(file.path)")
            #expect(!file.sources.isEmpty)
            for source in file.sources {
                switch source {
                case .url(let url): #expect(url.hasPrefix("https://"))
                case .members(let members):
                    #expect(!members.isEmpty)
                    for member in members {
                        #expect(member.wheel.sha256.wholeMatch(of: hash) != nil)
                        #expect(member.wheel.url.hasPrefix("https://") && member.wheel.url.hasSuffix(member.wheel.file))
                    }
                }
            }
        }
        let keys = list.files.map { "\($0.path) \($0.architecture ?? "")" }
        #expect(Set(keys).count == keys.count)
    }

    @Test func aListThatIsWrongIsRefused() {
        let entry = #""what":"x","licence":"MIT","size":1,"sha256":"00""#
        let escape = #"{"wheels":[],"files":[{"path":"../x","set":"s",\#(entry),"sources":[]}]}"#
        let orphan =
            #"{"wheels":[],"files":[{"path":"x","set":"s",\#(entry),"sources":[{"parts":[{"wheel":"w","member":"m"}]}]}]}"#
        for text in [escape, orphan, "{}", "", "["] {
            #expect(throws: (any Error).self) { try ModelList(json: Array(text.utf8)) }
        }
    }
}
