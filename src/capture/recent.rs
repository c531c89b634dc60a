//! Values in the order in which they were last used.

/// No place.
const NONE: u32 = u32::MAX;

/// Values, each at a place that stays the same as long as it is there.
#[derive(Debug)]
pub(super) struct Recent<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    oldest: u32,
    newest: u32,
}

#[derive(Debug)]
struct Slot<T> {
    value: Option<T>,
    older: u32,
    newer: u32,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), oldest: NONE, newest: NONE }
    }
}

impl<T> Recent<T> {
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Adds one, as the newest.
    pub(super) fn push(&mut self, value: T) -> u32 {
        let slot = Slot { value: Some(value), older: NONE, newer: NONE };
        let place = match self.free.pop() {
            Some(place) => {
                self.slots[place as usize] = slot;
                place
            }
            None => {
                self.slots.push(slot);
                self.slots.len() as u32 - 1
            }
        };
        self.append(place);
        place
    }

    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        self.slots.get_mut(place as usize)?.value.as_mut()
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().filter_map(|slot| slot.value.as_mut())
    }

    /// The place of the one that was not used for longest.
    pub(super) fn oldest(&self) -> Option<u32> {
        (self.oldest != NONE).then_some(self.oldest)
    }

    /// Makes one the newest.
    pub(super) fn touch(&mut self, place: u32) {
        if self.newest != place {
            self.detach(place);
            self.append(place);
        }
    }

    pub(super) fn remove(&mut self, place: u32) -> Option<T> {
        let value = self.slots.get_mut(place as usize)?.value.take()?;
        self.detach(place);
        self.free.push(place);
        Some(value)
    }

    fn append(&mut self, place: u32) {
        let slot = &mut self.slots[place as usize];
        (slot.older, slot.newer) = (self.newest, NONE);
        match self.slots.get_mut(self.newest as usize) {
            Some(newest) => newest.newer = place,
            None => self.oldest = place,
        }
        self.newest = place;
    }

    fn detach(&mut self, place: u32) {
        let Slot { older, newer, .. } = self.slots[place as usize];
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
        match self.slots.get_mut(newer as usize) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
    }
}
