import Foundation
import ProviderKit

/// Where a model of PocketSphinx lies and how it is searched.
public struct PocketSphinxModel: Equatable, Sendable {
    /// The folder of the acoustic model.
    public var acousticModel: String
    /// The language model's file.
    public var languageModel: String
    /// The pronouncing dictionary's file.
    public var dictionary: String

    /// A model made of three paths.
    public init(acousticModel: String, languageModel: String, dictionary: String) {
        self.acousticModel = acousticModel
        self.languageModel = languageModel
        self.dictionary = dictionary
    }

    /// American English as Debian's package `pocketsphinx-en-us` installs it below `folder`.
    public static func debian(_ folder: String = "/usr/share/pocketsphinx/model/en-us") -> PocketSphinxModel {
        PocketSphinxModel(
            acousticModel: "\(folder)/en-us", languageModel: "\(folder)/en-us.lm.bin",
            dictionary: "\(folder)/cmudict-en-us.dict")
    }

    /// Files that are not there. The library ends the process on some of them, so they are looked for first.
    var missingFiles: [String] {
        let acoustic = ["mdef", "means", "variances", "transition_matrices", "feat.params"]
        let files = acoustic.map { "\(acousticModel)/\($0)" } + [languageModel, dictionary]
        return files.filter { !FileManager.default.isReadableFile(atPath: $0) }
    }

    /// The library's options. docs/adr/0004-local-speech.md tells how they were found.
    var options: [(String, String)] {
        [
            ("-hmm", acousticModel), ("-lm", languageModel), ("-dict", dictionary), ("-mmap", "yes"),
            // The second pass over the whole utterance would fall due when the caller has stopped, a fifth of a second too
            // late; the search of the word lattice costs some milliseconds and makes up for it.
            ("-fwdflat", "no"), ("-bestpath", "yes"),
            ("-samprate", "16000"),
        ]
    }
}
