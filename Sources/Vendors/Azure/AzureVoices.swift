import ProviderKit

/// Which of Azure's voices speaks when a project names none.
///
/// One woman and one man for each locale. Microsoft's Speech SDK falls back to one of the two (`languageToDefaultVoice`
/// in its JavaScript sources); the other is the first of the other gender in the service's list of languages. The first
/// locale of a language also stands for those of its locales that are missing.
enum AzureVoices {
    private struct Pair {
        var locale: String
        var female: String
        var male: String
    }

    /// The voice for `request`: by its own name if that is one of Azure's, else by language and gender; nil when there is
    /// none for the language.
    static func name(for request: VoiceRequest) -> String? {
        if let name = request.name, VoiceCatalogue.locale(of: name) != nil { return name }
        guard let pair = pair(for: request.language) else { return nil }
        return "\(pair.locale)-\(request.gender == .male ? pair.male : pair.female)Neural"
    }

    private static func pair(for language: String) -> Pair? {
        let wanted = language.lowercased().replacing("_", with: "-")
        let primary = wanted.prefix { $0 != "-" }
        return pairs.first { $0.locale.lowercased() == wanted }
            ?? pairs.first { $0.locale.lowercased().hasPrefix(primary + "-") && !primary.isEmpty }
    }

    private static let pairs: [Pair] = table.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ").map(String.init)
        return words.count == 3 ? Pair(locale: words[0], female: words[1], male: words[2]) : nil
    }

    private static let table = """
        en-US AvaMultilingual AndrewMultilingual
        en-GB Libby Ryan
        en-AU Natasha William
        en-CA Clara Liam
        en-IE Emily Connor
        en-IN Neerja Prabhat
        en-NZ Molly Mitchell
        en-ZA Leah Luke
        de-DE Katja Conrad
        de-AT Ingrid Jonas
        de-CH Leni Jan
        fr-FR Denise Henri
        fr-BE Charline Gerard
        fr-CA Sylvie Jean
        fr-CH Ariane Fabrice
        es-ES Elvira Alvaro
        es-MX Dalia Jorge
        es-US Paloma Alonso
        it-IT Isabella Diego
        pt-BR Francisca Antonio
        pt-PT Raquel Duarte
        nl-NL Colette Maarten
        nl-BE Dena Arnaud
        sv-SE Sofie Mattias
        da-DK Christel Jeppe
        nb-NO Pernille Finn
        fi-FI Selma Harri
        pl-PL Agnieszka Marek
        cs-CZ Vlasta Antonin
        sk-SK Viktoria Lukas
        hu-HU Noemi Tamas
        ro-RO Alina Emil
        bg-BG Kalina Borislav
        hr-HR Gabrijela Srecko
        ru-RU Svetlana Dmitry
        uk-UA Polina Ostap
        el-GR Athina Nestoras
        tr-TR Emel Ahmet
        ar-EG Salma Shakir
        ar-AE Fatima Hamdan
        ar-SA Zariyah Hamed
        he-IL Hila Avri
        fa-IR Dilara Farid
        hi-IN Swara Madhur
        bn-IN Tanishaa Bashkar
        ta-IN Pallavi Valluvar
        te-IN Shruti Mohan
        zh-CN Xiaoxiao Yunxi
        zh-HK HiuMaan WanLung
        zh-TW HsiaoChen YunJhe
        ja-JP Nanami Keita
        ko-KR SunHi InJoon
        th-TH Premwadee Niwat
        vi-VN HoaiMy NamMinh
        id-ID Gadis Ardi
        ms-MY Yasmin Osman
        fil-PH Blessica Angelo
        """
}
