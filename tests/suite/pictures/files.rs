//! Files of pictures as cameras and programs write them, made byte by byte, so that no library decides what is in them.

/// The secrets in the metadata of all files that are made here; none may be in a published one.
pub const SECRETS: [&str; 9] = [
    "SERIAL-4711",
    "OWNER-Jane",
    "THUMBNAIL-PIXELS",
    "MAKER-NOTE",
    "TRAILING-FILM",
    "SECRET-COMMENT",
    "SECRET-CITY",
    "SECRET-CAPTION",
    "CAMERA-MAKER",
];

/// The rights in all files; all must be in published ones.
pub const KEPT: [&str; 5] = [
    "Hana Kurosawa",
    "The Harbour Agency",
    "© 2026 Harbour Agency",
    "https://harbour.example/licence",
    "https://harbour.example/buy",
];

/// The place as Exif stores it: degrees, minutes and seconds as fractions, of a latitude that no picture has by chance.
pub fn place() -> Vec<u8> {
    [35u32, 1, 41, 1, 226_157, 10_000].iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Exif with an orientation, rights, serial number, owner, place, thumbnail and maker note.
pub fn exif(orientation: u16) -> Vec<u8> {
    let mut data = Vec::new();
    let texts: [(u16, &str); 6] = [
        (0x010f, "CAMERA-MAKER\0"),
        (0x013b, "Hana Kurosawa\0"),
        (0x8298, "© 2026 Harbour Agency\0"),
        (0xa430, "OWNER-Jane\0"),
        (0xa431, "SERIAL-4711\0"),
        (0x927c, "MAKER-NOTE\0"),
    ];
    let start = 8 + 2 + 12 * (texts.len() + 2) + 4;
    let mut entries = vec![entry(0x0112, 3, 1, u32::from(orientation))];
    for (tag, text) in texts {
        entries.push(entry(tag, 2, text.len() as u32, (start + data.len()) as u32));
        data.extend_from_slice(text.as_bytes());
    }
    // The directory with the place has one entry.
    let gps = start + data.len();
    data.extend(1u16.to_le_bytes());
    data.extend(entry(2, 5, 3, (gps + 18) as u32));
    data.extend([0; 4]);
    data.extend(place());
    entries.push(entry(0x8825, 4, 1, gps as u32));
    data.extend(b"THUMBNAIL-PIXELS");
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    block.extend((entries.len() as u16).to_le_bytes());
    entries.iter().for_each(|entry| block.extend(entry));
    block.extend([0; 4]);
    block.extend(data);
    block
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    let mut entry = tag.to_le_bytes().to_vec();
    entry.extend(kind.to_le_bytes());
    entry.extend(count.to_le_bytes());
    entry.extend(value.to_le_bytes());
    entry
}

/// XMP with rights, a city and a place, in the forms that programs use: attributes, lists, resources.
pub const XMP: &str = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF \
    xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:exif='http://ns.adobe.com/exif/1.0/' \
    xmlns:ps='http://ns.adobe.com/photoshop/1.0/'><rdf:Description rdf:about='' ps:Credit='The Harbour Agency' \
    xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Make='CAMERA-MAKER' ps:City='SECRET-CITY' exif:GPSLatitude='35,41.3N' xmlns:dc='http://purl.org/dc/elements/1.1/' \
    xmlns:core='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/' xmlns:xmpRights='http://ns.adobe.com/xap/1.0/rights/' xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/'>\
    <dc:creator><rdf:Seq><rdf:li>Hana Kurosawa</rdf:li><rdf:li>R. &amp; Sons</rdf:li></rdf:Seq></dc:creator>\
    <dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>© 2026 Harbour Agency</rdf:li><rdf:li xml:lang='ja'>別</rdf:li>\
    </rdf:Alt></dc:rights><dc:description><rdf:Alt><rdf:li xml:lang='x-default'>SECRET-CAPTION\n of a crane</rdf:li>\
    </rdf:Alt></dc:description><core:AltTextAccessibility><rdf:Alt><rdf:li xml:lang='x-default'> A crane &amp; a ship\
    </rdf:li></rdf:Alt></core:AltTextAccessibility><xmpRights:WebStatement rdf:resource='https://harbour.example/licence'/>\
    <plus:Licensor><rdf:Seq><rdf:li rdf:parseType='Resource'><plus:LicensorURL>https://harbour.example/buy\
    </plus:LicensorURL></rdf:li></rdf:Seq></plus:Licensor></rdf:Description></rdf:RDF></x:xmpmeta>";

/// IPTC with a creator, a credit, a caption and a city.
pub fn iptc() -> Vec<u8> {
    let dataset =
        |number: u8, text: &str| [&[0x1c, 2, number], &(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat();
    let (caption, city) = (dataset(120, "SECRET-CAPTION of a crane"), dataset(90, "SECRET-CITY"));
    [dataset(80, "Hana Kurosawa"), city, dataset(110, "The Harbour Agency"), caption].concat()
}

/// A JPEG's segment.
pub fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &(data.len() as u16 + 2).to_be_bytes()[..], data].concat()
}

/// A picture from the example newsroom, without metadata: 1,200 pixels wide.
pub fn photo() -> Vec<u8> {
    std::fs::read("content/business/port-strike.jpg").expect("a photograph of the example newsroom")
}

/// A photo as a camera and an agency write it.
pub fn jpeg(orientation: u16, with_xmp: bool) -> Vec<u8> {
    let photo = photo();
    let mut file = photo[..2].to_vec();
    file.extend(segment(0xe1, &[b"Exif\0\0".as_slice(), &exif(orientation)].concat()));
    if with_xmp {
        file.extend(segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), XMP.as_bytes()].concat()));
        file.extend(segment(0xe1, b"http://ns.adobe.com/xmp/extension/\0SECRET-CITY"));
    }
    let block = iptc();
    let resource = [b"8BIM\x04\x04\0\0".as_slice(), &(block.len() as u32).to_be_bytes(), &block].concat();
    file.extend(segment(0xed, &[b"Photoshop 3.0\0".as_slice(), &resource].concat()));
    file.extend(segment(0xe2, b"ICC_PROFILE\0\x01\x01A-PROFILE"));
    file.extend(segment(0xe2, b"MPF\0THUMBNAIL-PIXELS"));
    file.extend(segment(0xfe, b"SECRET-COMMENT"));
    file.extend_from_slice(&photo[2..]);
    file.extend(b"TRAILING-FILM");
    file
}

/// A PNG's chunk.
pub fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut hash = flate2::Crc::new();
    hash.update(name);
    hash.update(data);
    [&(data.len() as u32).to_be_bytes()[..], name, data, &hash.sum().to_be_bytes()].concat()
}

/// A PNG of one size, with all metadata that PNG may hold.
pub fn png((width, height): (u32, u32), orientation: u16) -> Vec<u8> {
    let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let row = vec![0; 1 + width as usize];
    (0..height).for_each(|_| std::io::Write::write_all(&mut pixels, &row).unwrap());
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"iCCP", b"A-PROFILE\0\0"),
        chunk(b"tEXt", b"Comment\0SECRET-COMMENT"),
        chunk(b"eXIf", &exif(orientation)),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), XMP.as_bytes()].concat()),
        chunk(b"zzZz", b"MAKER-NOTE"),
        chunk(b"IDAT", &pixels.finish().unwrap()),
        chunk(b"tIME", b"SECRET-"),
        chunk(b"IEND", b""),
        b"TRAILING-FILM".to_vec(),
    ]
    .concat()
}

/// A WebP in the extended format; its pixels are those of a screenshot in the documentation.
pub fn webp(orientation: u16) -> Vec<u8> {
    let simple = std::fs::read("docs/images/front.webp").expect("a screenshot");
    let (width, height) = imagesize::blob_size(&simple).map(|size| (size.width as u32, size.height as u32)).unwrap();
    let pixels = simple.windows(4).position(|name| name == b"VP8 " || name == b"VP8L").expect("pixels");
    let part = |name: &[u8; 4], data: &[u8]| {
        let padding = vec![0; data.len() % 2];
        [name, &(data.len() as u32).to_le_bytes()[..], data, &padding].concat()
    };
    let sizes = [&(width - 1).to_le_bytes()[..3], &(height - 1).to_le_bytes()[..3]].concat();
    let body = [
        b"WEBP".to_vec(),
        part(b"VP8X", &[&[0x2c, 0, 0, 0], &*sizes].concat()),
        part(b"ICCP", b"A-PROFILE"),
        simple[pixels..].to_vec(),
        part(b"EXIF", &exif(orientation)),
        part(b"XMP ", XMP.as_bytes()),
        part(b"TEXT", b"SECRET-COMMENT"),
    ]
    .concat();
    [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// A box of AVIF.
fn frame(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

/// An AVIF with three items after its pixels: Exif, XMP, and a thumbnail. The pixels are no real ones.
pub fn avif() -> Vec<u8> {
    let (exif, pixels) = ([&[0; 4], &*exif(6)].concat(), b"A-PICTURE");
    let entry = |id: u8, kind: &[u8]| frame(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind].concat());
    let entries =
        [entry(1, b"av01\0"), entry(2, b"Exif\0"), entry(3, b"mime\0application/rdf+xml\0"), entry(4, b"av01\0")];
    let list = frame(b"iinf", &[&[0, 0, 0, 0, 0, 4], &*entries.concat()].concat());
    let links = frame(b"iref", &[&[0; 4], &*frame(b"thmb", &[0, 4, 0, 1, 0, 1])].concat());
    let sizes = frame(b"iprp", &frame(b"ipco", &frame(b"ispe", &[0, 0, 0, 0, 0, 0, 2, 128, 0, 0, 1, 224])));
    let items: [&[u8]; 4] = [pixels, &exif, XMP.as_bytes(), b"THUMBNAIL-PIXELS"];
    let first = frame(b"ftyp", b"avif\0\0\0\0avifmif1");
    let build = |start: usize| {
        let mut places = vec![0, 0, 0, 0, 0x44, 0, 0, 4];
        let mut at = start;
        for (id, item) in (1u16..).zip(items) {
            places.extend([&id.to_be_bytes()[..], &[0, 0, 0, 1]].concat());
            places.extend([(at as u32).to_be_bytes(), (item.len() as u32).to_be_bytes()].concat());
            at += item.len();
        }
        let meta = [&[0; 4], &*list, &links, &sizes, &frame(b"iloc", &places)].concat();
        [&*first, &frame(b"uuid", b"SECRET-COMMENT"), &frame(b"meta", &meta)].concat()
    };
    let start = build(0).len() + 8;
    [build(start), frame(b"mdat", &items.concat())].concat()
}

/// An animated GIF with two frames, a colour profile, a comment, a text and XMP.
pub fn gif() -> Vec<u8> {
    let application = |name: &[u8; 11], data: &[u8]| [&[0x21, 0xff, 11], &name[..], data].concat();
    let trailer: Vec<u8> = [1].into_iter().chain((0..=u8::MAX).rev()).chain([0]).collect();
    let text = |label: u8, text: &[u8]| [&[0x21, label, text.len() as u8], text, &[0]].concat();
    let frame = [&[0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 2, 5, 0][..]].concat();
    [
        b"GIF89a\x02\0\x02\0\x80\0\0".to_vec(),
        b"\0\0\0\xff\xff\xff".to_vec(),
        application(b"NETSCAPE2.0", b"\x03\x01\0\0\0"),
        application(b"ICCRGBG1012", b"\x09A-PROFILE\0"),
        text(0xfe, b"SECRET-COMMENT"),
        text(0x01, b"SECRET-CITY"),
        application(b"XMP DataXMP", &[XMP.as_bytes(), &trailer].concat()),
        frame.clone(),
        frame,
        vec![0x3b],
        b"TRAILING-FILM".to_vec(),
    ]
    .concat()
}

/// An AVIF whose items are all metadata, and all in the whole of its `length` bytes of data.
pub fn many_items(count: u32, length: u32) -> Vec<u8> {
    let entry = |id: u32| frame(b"infe", &[&[3, 0, 0, 0], &id.to_be_bytes()[..], &[0, 0], b"Exif\0"].concat());
    let entries: Vec<u8> = (1..=count).flat_map(entry).collect();
    let list = frame(b"iinf", &[&[1, 0, 0, 0], &count.to_be_bytes()[..], &entries].concat());
    let first = frame(b"ftyp", b"avif\0\0\0\0avifmif1");
    let build = |start: u32| {
        let places: Vec<u8> = (1..=count)
            .flat_map(|id| {
                [&id.to_be_bytes()[..], &[0, 0, 0, 0, 0, 1], &start.to_be_bytes(), &length.to_be_bytes()].concat()
            })
            .collect();
        let places = frame(b"iloc", &[&[2, 0, 0, 0, 0x44, 0][..], &count.to_be_bytes(), &places].concat());
        [&*first, &frame(b"meta", &[&[0; 4], &*list, &places].concat())].concat()
    };
    let start = build(0).len() as u32 + 8;
    [build(start), frame(b"mdat", &vec![0; length as usize])].concat()
}
