import Foundation
import ProviderKit

/// Where the files of a Moonshine model lie.
public struct MoonshineFiles: Equatable, Sendable {
    /// What turns samples into features.
    public var encoder: String
    /// What turns features into tokens.
    public var decoder: String
    /// The text of each token.
    public var tokens: String

    /// The files of `moonshine-tiny-en` as they are called in `folder`.
    public init(folder: String) {
        encoder = "\(folder)/encoder_model.ort"
        decoder = "\(folder)/decoder_model_merged.ort"
        tokens = "\(folder)/tokenizer.bin"
    }

    /// Those that are not there.
    public var missing: [String] {
        [encoder, decoder, tokens].filter { !FileManager.default.isReadableFile(atPath: $0) }
    }
}
