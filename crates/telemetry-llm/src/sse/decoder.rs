//! The lines of a stream of server-sent events, wherever its pieces are cut.

/// What a stream of server-sent events says, as it comes.
pub(crate) trait Sink {
    /// A part of the data of the event under way. Of data in several lines, the ends of lines come too.
    fn data(&mut self, part: &[u8]);

    /// A part of the name of the event under way.
    fn name(&mut self, part: &[u8]);

    /// The event under way gets another name than it was said to have.
    fn rename(&mut self);

    /// The event is whole, and if it has no data it is none.
    fn end(&mut self, has_data: bool);
}

/// Tells the lines of a stream apart. It holds nothing of them but where it is.
///
/// As the standard has it: lines end with a line feed, a carriage return or both, one byte order mark may come first, and
/// what is neither data nor a name is passed over.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    place: Place,
    after_return: bool,
    has_data: bool,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// At the very beginning, after so many bytes of a byte order mark.
    Begin(usize),
    /// In the name of a field, of which so many bytes have come.
    Field([u8; LONGEST_FIELD], usize),
    /// After its colon.
    Colon(Field),
    Value(Field),
    /// In a line that says nothing.
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Field {
    Data,
    Event,
}

const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
const LONGEST_FIELD: usize = 5;
const LINE: Place = Place::Field([0; LONGEST_FIELD], 0);

impl Default for Place {
    fn default() -> Self {
        Self::Begin(0)
    }
}

impl Decoder {
    pub(crate) fn feed(&mut self, piece: &[u8], sink: &mut impl Sink) {
        let mut rest = piece;
        while let Some(&byte) = rest.first() {
            if std::mem::take(&mut self.after_return) && byte == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let read = match self.place {
                Place::Begin(mark) if MARK.get(mark) == Some(&byte) => {
                    self.place = Place::Begin(mark + 1);
                    1
                }
                Place::Begin(mark) => {
                    // Part of a mark is the name of no field.
                    self.place = if mark == 0 || mark == MARK.len() { LINE } else { Place::Over };
                    0
                }
                Place::Colon(field) => {
                    self.place = Place::Value(field);
                    usize::from(byte == b' ')
                }
                _ if matches!(byte, b'\n' | b'\r') => {
                    self.after_return = byte == b'\r';
                    self.end_line(sink);
                    1
                }
                Place::Field(name, len) => {
                    self.field(name, len, byte, sink);
                    1
                }
                Place::Value(field) => {
                    let run = line(rest);
                    match field {
                        Field::Data => sink.data(&rest[..run]),
                        Field::Event => sink.name(&rest[..run]),
                    }
                    run
                }
                Place::Over => line(rest),
            };
            rest = rest.get(read..).unwrap_or_default();
        }
    }

    /// Reads what a stream ended with that has no blank line after it.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        self.feed(b"\n\n", sink);
        *self = Self::default();
    }

    fn field(&mut self, mut name: [u8; LONGEST_FIELD], len: usize, byte: u8, sink: &mut impl Sink) {
        self.place = match (byte, name.get_mut(len)) {
            (b':', _) => self.begin(&name[..len], sink).map_or(Place::Over, Place::Colon),
            (_, Some(next)) => {
                *next = byte;
                Place::Field(name, len + 1)
            }
            (_, None) => Place::Over,
        };
    }

    /// The field of this name, which comes.
    fn begin(&mut self, name: &[u8], sink: &mut impl Sink) -> Option<Field> {
        match name {
            b"data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    sink.data(b"\n");
                }
                Some(Field::Data)
            }
            b"event" => {
                sink.rename();
                Some(Field::Event)
            }
            _ => None,
        }
    }

    fn end_line(&mut self, sink: &mut impl Sink) {
        match std::mem::replace(&mut self.place, LINE) {
            Place::Field(_, 0) => sink.end(std::mem::take(&mut self.has_data)),
            // A field without a colon is one without a value.
            Place::Field(name, len) => {
                let _ = self.begin(&name[..len], sink);
            }
            _ => {}
        }
    }
}

/// How many bytes there are before the end of the line.
fn line(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len())
}
