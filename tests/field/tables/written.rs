//! Tables of kinds that people bring, written by hand.

use super::Table;

pub fn tables() -> Vec<Table> {
    [plain(), dialects(), headers(), numbers(), encodings()].concat()
}

fn plain() -> Vec<Table> {
    vec![
        Table::new("two columns", "name,size\nUlm,1\nAix,3\n"),
        Table::new("no line end", "name,size\nUlm,1\nAix,3"),
        Table::new("one row", "a,b,c\n1,2,3\n"),
        Table::new("quotes", "name,said\nUlm,\"a, b\"\nAix,\"he said \"\"no\"\"\"\n"),
        Table::new("quoted newline", "name,note\nUlm,\"two\nlines\"\nAix,one\n"),
        Table::new("quoted CRLF", "name,note\r\nUlm,\"two\r\nlines\"\r\nAix,one\r\n"),
        Table::new("all quoted", "\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"y\"\n"),
        Table::new("empty cells", "a,b,c\n1,,x\n,2,\n3,4,y\n"),
        Table::new("spaces stay", "a,b\n x , y\nz ,w\n"),
        Table::new("blank lines in the middle", "a,b\n1,2\n\n3,4\n\n\n5,6\n"),
        Table::new("blank lines at the end", "a,b\n1,2\n3,4\n\n\n\n"),
        Table::new("an empty quoted cell", "a,b\n\"\",1\nx,\"\"\n"),
        Table::new("apostrophes", "a,b\n'tis,don't\n'x','y'\n"),
        Table::new("a quote within a cell", "a,b\n5\" disk,1\n3\" disk,2\n"),
        Table::new("backslashes", "path,n\nC:\\new\\table,1\n\\\\host\\x,2\n"),
        Table::new("braces and percents", "a,b\n{},%s\n{x},100%\n"),
        Table::new("formulas", "a,b\n=1+1,-x\n@y,+z\n"),
        Table::new("long rows", format!("{}\n{}\n", wide("c"), wide("v"))),
        Table::new("short rows", "a,b,c\n1,2,3\n4,5\n6\n7,8,9\n"),
        Table::new("dates", "day,time\n2024-02-29,12:30\n2024-03-01,00:05\n"),
        Table::new("dates with slashes", "day,n\n01/02/2024,1\n12/31/1999,2\n"),
    ]
}

fn wide(prefix: &str) -> String {
    (0..60).map(|place| format!("{prefix}{place}")).collect::<Vec<_>>().join(",")
}

fn dialects() -> Vec<Table> {
    vec![
        Table::new("CRLF", "name,size\r\nUlm,1\r\nAix,3\r\n"),
        Table::new("CR alone", "name,size\rUlm,1\rAix,3\r"),
        Table::new("CR alone with quotes", "name,note\rUlm,\"a,b\"\rAix,c\r"),
        Table::new("tabs", "name\tsize\nUlm\t1\nAix\t3\n").delimited('\t'),
        Table::new("tabs and commas", "name\tnote\nUlm\ta, b\nAix\tc, d, e\n").delimited('\t'),
        Table::new("tabs and quotes", "name\tnote\nUlm\t\"a\tb\"\nAix\tc\n").delimited('\t'),
        Table::new("semicolons", "name;size\nUlm;1\nAix;3\n").delimited(';'),
        Table::new("semicolons and decimal commas", "name;size\nUlm;1,5\nAix;3,25\n").delimited(';'),
        Table::new("pipes", "id|n\n1|5\n2|6\n").delimited('|'),
        Table::new("pipes and commas", "id|note\n1|a, b\n2|c\n").delimited('|'),
        Table::new("sep=;", "sep=;\nname;size\nUlm;3\nAix;4\n").delimited(';').below(1),
        Table::new("sep=,", "sep=,\nname,size\nUlm,3\nAix,4\n").below(1),
        Table::new("sep=|", "sep=|\nname|size\nUlm,x|3\nAix,y|4\n").delimited('|').below(1),
        Table::new("sep=; with CRLF", "sep=;\r\nname;size\r\nUlm;3\r\n").delimited(';').below(1),
        Table::new("# lines on top", "# one\n# two\na,b\n1,2\n3,4\n").below(2),
        Table::new("# lines with commas", "# one, two, three\n# x\na,b\n1,2\n3,4\n").below(2),
        Table::new("# in the header is no comment", "#,name\n1,Ulm\n2,Aix\n"),
        Table::new("a delimiter that is said", "a:b\n1:2\n3:4\n").delimited(':').told("--delimiter :"),
        Table::new("a said delimiter beside others", "a,x;b\n1,2;3\n4,5;6\n")
            .delimited(';')
            .told("--delimiter ;"),
    ]
}

fn headers() -> Vec<Table> {
    vec![
        Table::new("years as a header", "region,2023,2024\nEMEA,10,20\nAPAC,30,40\n"),
        Table::new("years alone", "2022,2023,2024\n10,20,30\n11,21,31\n").told("--header yes"),
        Table::new("no header, said", "Ulm,x\nAix,y\n").without_header().told("--header no"),
        Table::new("a header, said", "Ulm,x\nAix,y\n").told("--header yes"),
        Table::new("names of two words", "Town Name,Size (km2)\nUlm,1\nAix,3\n"),
        Table::new("cells behind spaces", "a,b\n1, 2\n3, 4\n"),
        Table::new("names in other scripts", "城市,größe\n東京,1\nUlm,3\n"),
        Table::new("a header alone quoted", "\"a, b\",c\n1,2\n3,4\n"),
        Table::new("quoted newline in the header", "\"a\nb\",c\n1,2\n3,4\n"),
        Table::new("a single column", "name\nUlm\nAix\nJena\n").told("--input-format csv --header yes"),
        Table::new("words under words", "first,last\nAda,Byron\nAlan,Turing\n"),
        Table::new("R's header", "\"mpg\",\"cyl\"\n\"Mazda\",21.0,6\n\"Datsun\",22.8,4\n"),
        Table::new("R's header with tabs", "mpg\tcyl\nMazda RX4\t21.0\t6\nDatsun\t22.8\t4\n").delimited('\t'),
        Table::new("an index column without a name", ",a,b\n0,x,y\n1,z,w\n"),
    ]
}

fn numbers() -> Vec<Table> {
    vec![
        Table::new("leading zeros", "postcode,town\n01569,Ulm\n02134,Aix\n"),
        Table::new("zeros behind the point", "price,item\n1.10,a\n2.00,b\n14.90340,c\n"),
        Table::new("exponents", "n,item\n1e5,a\n1.00E+05,b\n-2E-3,c\n"),
        Table::new("huge integers", "id,item\n1000000000000000000000000000057,a\n3,b\n"),
        Table::new(
            "more digits than a float has",
            "x,item\n0.1234567890123456789,a\n3.14159265358979323846,b\n",
        ),
        Table::new("thousands", "n,item\n\"1,234\",a\n\"12,345,678\",b\n"),
        Table::new("signs", "n,item\n+5,a\n-0,b\n-7,c\n"),
        Table::new("points alone", "n,item\n.5,a\n5.,b\n"),
        Table::new("words among numbers", "house,street\n12,a\n14a,b\n16,c\n"),
        Table::new("booleans", "is_open,is_new\ntrue,False\nFALSE,yes\nTrue,no\n"),
        Table::new("missing numbers", "n,item\nNaN,a\n3,b\n,c\nn/a,d\nNone,e\nnull,f\n"),
        Table::new("infinities", "n,item\ninf,a\n-Infinity,b\n1,c\n"),
        Table::new("hexadecimal and underscores", "n,item\n0x10,a\n1_000,b\n0b1,c\n"),
        Table::new("percent and currency", "n,item\n5%,a\n$3.50,b\n€4,c\n"),
        Table::new("floats below integers", "n,item\n1,a\n2,b\n3.5,c\n4,d\n"),
        Table::new("numbers in quotes", "n,item\n\"1\",a\n\"002\",b\n"),
    ]
}

fn encodings() -> Vec<Table> {
    let text = "name,town\nJürgen,Köln\nÅsa,Malmö\n";
    let table = |name: &str| Table::new(name, text);
    let latin_1: Vec<u8> = text.chars().map(|sign| u8::try_from(u32::from(sign)).unwrap()).collect();
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(to_bytes).collect()
    };
    vec![
        table("UTF-8"),
        Table::new("a byte order mark", format!("\u{feff}{text}")),
        Table::new("a byte order mark and quotes", "\u{feff}\"name\",\"n\"\n\"é\",\"1\"\n"),
        table("latin-1").encoded("latin-1", latin_1.clone()).told("--encoding latin-1"),
        table("cp1252").encoded("cp1252", latin_1).told("--encoding cp1252"),
        table("UTF-16 LE").encoded("utf-16", utf_16(u16::to_le_bytes)),
        table("UTF-16 BE").encoded("utf-16", utf_16(u16::to_be_bytes)),
        Table::new("signs beyond the first plane", "sign,n\n😀,1\n𝒳,2\n"),
        Table::new("signs that combine", "name,n\ne\u{301},1\n\u{202e}abc,2\n"),
    ]
}
