/// What marks mean in the scripts of the world. Facts: the Unicode Character Database (Sentence_Terminal, Scripts).
extension Unicode.Scalar {
    var isSpace: Bool { properties.isWhitespace }
    var isDigit: Bool { ("0"..."9").contains(self) }

    /// Marks that may end a sentence.
    var isTerminator: Bool { self == "." || self == "!" || self == "?" || self == "…" || isWideTerminator }

    /// Marks that end a sentence whatever follows: none of them stands in a number or an abbreviation.
    var isWideTerminator: Bool { value > 0x7F && Self.terminators.contains(self) }

    private static let terminators = Set(
        (
            // East Asia, and marks of several scripts.
            "。．！？｡‼⁇⁈⁉‽⸮"
            // Devanagari and its kin, Sinhala, Ol Chiki, Meetei, Santali.
            + "।॥෴᱾᱿꯫꫰꫱꣎꣏"
            // Arabic, Urdu, Syriac, N'Ko.
            + "؟۔؞؝܀܁܂߹"
            // Armenian, Ethiopic, Myanmar, Khmer, Tibetan, Mongolian, Limbu, Tai Tham, Lepcha.
            + "։።፧፨။។៕།༎᠃᠉᥄᥅᪨᪩᪪᪫᰻᰼"
            // Java, Bali, Cham, Kayah, Lisu, Vai, Bamum, Canadian syllables.
            + "꧈꧉᭚᭛᭞᭟꩝꩞꩟꤯꓿꘎꘏꛳꛷᙮").unicodeScalars)

    /// Marks that may stand between a full stop and the white space behind it. Straight quotes and Markdown's stars
    /// close here; what opens comes after white space.
    var isClosing: Bool { "\"'”’»)]}」』）】〉》*_~`".unicodeScalars.contains(self) }

    /// Marks that stand in front of a word.
    var isOpening: Bool { "\"'“‘«([{「『（【〈《*_~`#>".unicodeScalars.contains(self) }

    var isClauseMark: Bool { ",;:–—)،؛፣፤".unicodeScalars.contains(self) || isWideClauseMark }
    var isWideClauseMark: Bool { "，、；：၊".unicodeScalars.contains(self) }

    /// Whether it is of a script that writes no spaces, and says about as much as two letters.
    var isWide: Bool { properties.isIdeographic || (0x3041...0x30FF).contains(value) }

    /// Whether it is of a script whose sentences end without a mark, or with one that is not known here: Thai, Lao, Khmer,
    /// Myanmar, Tibetan, those of the islands, and all that are rare. What such a script separates by a space is a clause.
    var isOfUnmarkedScript: Bool {
        switch value {
        case ..<0x0E00, 0x10A0..<0x1400, 0x1E00..<0xA500, 0xAB30..<0x1_1000, 0x1_F000..<0x3_5000: false
        default: properties.isAlphabetic
        }
    }

    /// How much it counts towards the longest sentence: as many letters as say the same.
    var weight: Int { value < 0x0E00 ? 1 : isOfUnmarkedScript ? 3 : isWide ? 2 : 1 }

    /// Whether it is shown as a part of the character before or after it: no place for a cut.
    var belongsToNeighbour: Bool {
        properties.isGraphemeExtend || properties.isEmojiModifier || value == 0x200D || value == 0xFE0F
            || (0x1F1E6...0x1F1FF).contains(value)
    }

    /// Whether it is spoken after what follows it: the vowels of Thai and Lao that are written first.
    var leansForward: Bool { (0x0E40...0x0E44).contains(value) || (0x0EC0...0x0EC4).contains(value) }
}
